import { lazy } from "react";
import { Provider } from "urql";
import { useStore } from "../api/store";
import { session, signOut } from "../session/session";
import type { Settings } from "../session/settings";
import { Announcer } from "../ui/announce";
import { Loading } from "../ui/Loading";
import { PageBoundary } from "../ui/PageBoundary";
import { ConnectionContext, ViewerContext } from "./connection";
import { Shell } from "./Shell";

const SignIn = lazy(() => import("../session/SignIn"));

/** The console: who it is first, then the pages. */
export function App({ settings }: { settings: Settings }) {
  const now = useStore(session);
  return (
    <PageBoundary>
      {now.state === "asking" && <Loading />}
      {(now.state === "out" || now.state === "away") && <SignIn now={now} settings={settings} />}
      {now.state === "in" && !now.viewer.isTenantAdmin && (
        <SignIn
          now={{
            state: "out",
            sentence: `${now.viewer.user.name} is no admin of this tenant: imports take the role tenant_admin.`,
          }}
          settings={settings}
        />
      )}
      {now.state === "in" && now.viewer.isTenantAdmin && (
        <Provider value={now.connection.client} key={now.viewer.id}>
          <ConnectionContext value={now.connection}>
            <ViewerContext value={now.viewer}>
              <Shell viewer={now.viewer} settings={settings} leave={() => signOut(null)} />
            </ViewerContext>
          </ConnectionContext>
        </Provider>
      )}
      <Announcer />
    </PageBoundary>
  );
}
