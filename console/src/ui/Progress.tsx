import { Progress as Base } from "@base-ui/react/progress";

interface Props {
  label: string;
  /** Null while nobody knows. */
  value: number | null;
  max: number;
  /** What is said beside the bar. */
  text: string;
}

export function Progress({ label, value, max, text }: Props) {
  return (
    <Base.Root className="progress" value={value} max={Math.max(max, 1)} getAriaValueText={() => text}>
      <Base.Label className="progress-label">{label}</Base.Label>
      <span className="progress-text">{text}</span>
      <Base.Track className="progress-track">
        <Base.Indicator className="progress-bar" />
      </Base.Track>
    </Base.Root>
  );
}
