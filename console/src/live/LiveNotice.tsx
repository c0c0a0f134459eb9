import { useEffect, useState } from "react";
import { waitingUntil } from "../api/patience";
import { useStore } from "../api/store";
import { useLive } from "../app/connection";
import { Notice } from "../ui/Notice";

/** A connection that comes back within this time is not worth a word. */
const GRACE_MILLISECONDS = 3_000;

/** Says when changes by others do not come in, and when the server asked to wait. */
export function LiveNotice() {
  const { connected } = useLive();
  const waiting = useStore(waitingUntil) !== null;
  const [away, setAway] = useState(false);
  useEffect(() => {
    if (connected) return;
    const timer = setTimeout(() => setAway(true), GRACE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      setAway(false);
    };
  }, [connected]);
  return (
    <div className="strip" role="status">
      {away && (
        <Notice tone="warning">
          The connection to the server is interrupted. What others change does not show here until it is back; it is
          being tried again.
        </Notice>
      )}
      {waiting && <Notice tone="info">The server asked for a short break. The page goes on by itself.</Notice>}
    </div>
  );
}
