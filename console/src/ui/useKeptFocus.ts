import { type RefObject, useEffect, useRef } from "react";

/**
 * Where the focus goes when what had it is gone after `content` has changed: to the box around it, rather than to the
 * top of the page.
 */
export function useKeptFocus<Box extends HTMLElement>(content: unknown): RefObject<Box | null> {
  const box = useRef<Box>(null);
  const within = useRef<boolean>(false);
  useEffect(() => {
    const remember = () => {
      within.current = box.current?.contains(document.activeElement) ?? false;
    };
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, []);
  // A change of the content is the moment to look.
  useEffect(() => {
    if (within.current && document.activeElement === document.body) box.current?.focus({ preventScroll: true });
  }, [content]);
  return box;
}
