// Dates, numbers and sizes in the reader's locale and time zone.

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const integer = new Intl.NumberFormat();
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });
const finePercent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

export const formatDateTime = (at: string) => dateTime.format(new Date(at));
export const formatExact = (at: string) => exact.format(new Date(at));
export const formatNumber = (value: number) => integer.format(value);

/** A part of one, with a decimal where it would read as nothing otherwise. */
export function formatShare(share: number): string {
  return (share > 0 && share < 0.1 ? finePercent : percent).format(share);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function formatBytes(bytes: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const style = {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: 1,
  } as const;
  return new Intl.NumberFormat(undefined, style).format(bytes / 1000 ** step);
}

/** `1 row`, `2 rows`: the number and the noun that goes with it. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${formatNumber(value)} ${value === 1 ? one : many}`;
}
