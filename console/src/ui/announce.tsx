import { createStore, useStore } from "../api/store";

const announcement = createStore("");

/** Lets a screen reader say `sentence` when it has finished what it says. */
export function announce(sentence: string): void {
  // The same sentence again is no change, and would not be said again.
  announcement.set(announcement.get() === sentence ? `${sentence}\u00A0` : sentence);
}

/** Where announcements are put; once on the page, and always there. */
export function Announcer() {
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {useStore(announcement)}
    </div>
  );
}
