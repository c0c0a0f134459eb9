import "./upload.css";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { PageBoundary } from "../ui/PageBoundary";
import { OfferFile } from "./context";
import { useDrop } from "./useDrop";

const UploadDialog = lazy(() => import("./UploadDialog"));

/** Takes files that are chosen, or dropped anywhere on the page. */
export function UploadProvider({ children }: { children: ReactNode }) {
  const [offered, setOffered] = useState<File[] | null>(null);
  const hovering = useDrop(setOffered, offered !== null);
  // It takes a moment to load, which is better spent before a file comes.
  useEffect(() => void import("./UploadDialog"), []);
  return (
    <OfferFile value={(file) => setOffered([file])}>
      {children}
      {hovering && (
        <div className="drop-curtain" aria-hidden="true">
          <p>Drop the file to import it</p>
        </div>
      )}
      {offered && (
        <PageBoundary>
          <Suspense fallback={null}>
            <UploadDialog files={offered} onClose={() => setOffered(null)} />
          </Suspense>
        </PageBoundary>
      )}
    </OfferFile>
  );
}
