/** What the server tells the console before anybody has signed in. */
export interface Settings {
  /** Origins of pages that may embed the console and hand it a token. */
  embedOrigins: string[];
  /** Whether this is the demo, where anybody may be one of its admins. */
  demo: boolean;
  /** Whether there is a playground. */
  playground: boolean;
}

/** An admin of the demo. */
export interface DemoAdmin {
  name: string;
  tenant: string;
  subject: string;
  token: string;
}

/** A server that does not tell has nothing to tell. */
export async function loadSettings(): Promise<Settings> {
  const told = await loadJson<Partial<Settings>>("/console.json");
  return { embedOrigins: [], demo: false, playground: false, ...told };
}

export async function loadDemoAdmins(): Promise<DemoAdmin[]> {
  return (await loadJson<DemoAdmin[]>("/demo/admins")) ?? [];
}

async function loadJson<T>(path: string): Promise<T | null> {
  try {
    const response = await fetch(path);
    return response.ok ? ((await response.json()) as T) : null;
  } catch {
    return null;
  }
}
