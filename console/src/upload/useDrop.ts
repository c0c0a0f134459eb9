import { useEffect, useState } from "react";

/** A question that waits for its answer: nothing comes in front of it. */
const isAsking = () => document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;

/** Takes files that are dropped on the window, unless it is `busy`; answers whether some hover over it. */
export function useDrop(dropped: (files: File[]) => void, busy: boolean): boolean {
  const [hovering, setHovering] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      // Without it the browser would leave the page and show the file.
      event.preventDefault();
      setHovering(!busy && !isAsking());
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setHovering(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setHovering(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0 && !busy && !isAsking()) dropped(files);
    };
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [dropped, busy]);
  return hovering;
}
