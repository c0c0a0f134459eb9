const PATHS = {
  upload: "M10 13V3.5M6 7l4-4 4 4M3.5 13v3.5h13V13",
  download: "M10 3v9.5M6 9l4 4 4-4M3.5 13v3.5h13V13",
  check: "M4 10.5l4 4 8-9",
  cross: "M5 5l10 10M15 5L5 15",
  back: "M9 4.5L3.5 10 9 15.5M3.5 10h13",
  next: "M7.5 4.5L13 10l-5.5 5.5",
  previous: "M12.5 4.5L7 10l5.5 5.5",
  search: "M8.5 14a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM12.5 12.5L17 17",
  alert: "M10 3L18 16.5H2zM10 8v4M10 14.2v.1",
  info: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9v5M10 6.2v.1",
  file: "M5 2.5h6.5L15 6v11.5H5zM11.5 2.5V6H15",
  plus: "M10 4v12M4 10h12",
  up: "M10 16V4.5M5.5 9L10 4.5 14.5 9",
  down: "M10 4v11.5M5.5 11l4.5 4.5 4.5-4.5",
  people:
    "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c0-3 2.4-5 5.5-5s5.5 2 5.5 5M13 3.8a3 3 0 0 1 0 5.4M14.5 11.8c2.1.6 3.5 2.3 3.5 4.7",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside words that say the same, so that it is silent. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
