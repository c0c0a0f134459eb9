import { layOut } from "./layOut";

const WIDTH = 1000;
const HEIGHT = 24;
const LEAST = 8;

interface Props {
  /** What it shows, in words: all of it. */
  label: string;
  /** Each name is that of a colour: `--create` and so on. */
  parts: readonly { name: string; count: number }[];
}

/** A bar of parts of a whole. */
export function Bar({ label, parts }: Props) {
  return (
    <svg className="bar" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {layOut(parts, WIDTH, LEAST).map(({ name, from, length }) => (
        <rect key={name} className={`fill-${name}`} x={from} y="0" width={length} height={HEIGHT} />
      ))}
    </svg>
  );
}
