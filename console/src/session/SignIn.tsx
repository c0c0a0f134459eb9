import "./session.css";
import { useEffect } from "react";
import { Button } from "../ui/Button";
import { PageHeading } from "../ui/Heading";
import { Notice } from "../ui/Notice";
import { Untrusted } from "../ui/Untrusted";
import { DemoAdmins } from "./DemoAdmins";
import { askForToken, isEmbedded } from "./embedding";
import { PasteToken } from "./PasteToken";
import { type Session, signIn } from "./session";
import type { Settings } from "./settings";
import { currentToken } from "./token";

interface Props {
  now: Extract<Session, { state: "out" | "away" }>;
  settings: Settings;
}

/** Where one signs in: as an admin of the demo, by the page around this one, or with a token. */
export default function SignIn({ now, settings }: Props) {
  const embedded = isEmbedded(settings.embedOrigins);
  // Asked again with each reason: a token that was good may have ended.
  useEffect(() => {
    if (embedded && now.state === "out") askForToken();
  }, [embedded, now]);
  return (
    <main className="sign-in">
      <p className="brand">Muster</p>
      <PageHeading title="Sign in" />
      {now.sentence && (
        <Notice
          tone={now.state === "away" ? "bad" : "warning"}
          live
          actions={now.state === "away" && <Button onClick={() => void signIn(currentToken())}>Try again</Button>}
        >
          <Untrusted text={now.sentence} />
        </Notice>
      )}
      {now.state === "out" && (
        <>
          {settings.demo && <DemoAdmins />}
          {embedded && <p role="status">Waiting for the page around this one to sign you in.</p>}
          <PasteToken folded={settings.demo || embedded} />
        </>
      )}
    </main>
  );
}
