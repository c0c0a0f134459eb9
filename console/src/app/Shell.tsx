import { lazy, Suspense, useRef } from "react";
import { useSubscription } from "urql";
import { Link, Route, Switch, useLocation, useRoute } from "wouter";
import { WatchDocument } from "../gql/graphql";
import HistoryPage from "../history/HistoryPage";
import { ActiveBanner } from "../live/ActiveBanner";
import { LiveNotice } from "../live/LiveNotice";
import type { Viewer } from "../session/session";
import type { Settings } from "../session/settings";
import { Button } from "../ui/Button";
import { Loading } from "../ui/Loading";
import { PageBoundary } from "../ui/PageBoundary";
import { Untrusted } from "../ui/Untrusted";
import { UploadProvider } from "../upload/UploadProvider";

const ImportPage = lazy(() => import("../import/ImportPage"));
const MembersPage = lazy(() => import("../members/MembersPage"));
const NotFoundPage = lazy(() => import("./NotFoundPage"));

interface Props {
  viewer: Viewer;
  settings: Settings;
  leave(): void;
}

/** What stands around every page. */
export function Shell({ viewer, settings, leave }: Props) {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  // What it brings goes into the cache, where every page reads.
  useSubscription({ query: WatchDocument });
  return (
    <UploadProvider>
      {/* No link to #main: an address is a route here. */}
      <button type="button" className="skip-link" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header className="top">
        <div className="top-inner">
          <Link href="/" className="brand">
            Muster
          </Link>
          <nav aria-label="Pages" className="top-nav">
            <TopLink href="/">Imports</TopLink>
            <TopLink href="/members">Members</TopLink>
            {settings.playground && <a href="/playground">Playground</a>}
          </nav>
          <div className="who">
            <span className="who-name">
              <Untrusted text={viewer.user.name} />
            </span>
            <span className="who-tenant muted">
              <Untrusted text={viewer.tenant.name} />
            </span>
          </div>
          <Button look="quiet" onClick={leave}>
            Sign out
          </Button>
        </div>
      </header>
      <LiveNotice />
      <ActiveBanner />
      <main ref={main} tabIndex={-1} className="page">
        <PageBoundary key={path}>
          <Suspense fallback={<Loading />}>
            <Switch>
              <Route path="/">
                <HistoryPage />
              </Route>
              <Route path="/imports/:id">{({ id }) => <ImportPage key={id} id={id} />}</Route>
              <Route path="/members">
                <MembersPage />
              </Route>
              <Route>
                <NotFoundPage />
              </Route>
            </Switch>
          </Suspense>
        </PageBoundary>
      </main>
    </UploadProvider>
  );
}

function TopLink({ href, children }: { href: string; children: string }) {
  const [here] = useRoute(href);
  return (
    <Link href={href} aria-current={here ? "page" : undefined}>
      {children}
    </Link>
  );
}
