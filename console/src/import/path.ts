/** The address of an import's page. */
export const importPath = (id: string) => `/imports/${encodeURIComponent(id)}`;
