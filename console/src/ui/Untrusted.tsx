import { shown } from "./shown";

/**
 * Text that came from a file or from somebody else: of its own direction, with whatever cannot be seen made visible,
 * so that it reads as it is stored and changes nothing around it.
 */
export function Untrusted({ text }: { text: string }) {
  return (
    <bdi className="untrusted">
      {shown(text).map((part) =>
        part.hidden ? (
          <span key={part.at} className="untrusted-code" title="A character that cannot be seen">
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </bdi>
  );
}
