import { type SubmitEvent, useState } from "react";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Field";
import { signIn } from "./session";

/** The last resort. `folded` where there is a better way. */
export function PasteToken({ folded }: { folded: boolean }) {
  const [token, setToken] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (token.trim() !== "") void signIn(token.trim().replace(/^Bearer\s+/i, ""));
  };
  return (
    <details className="paste" open={!folded}>
      <summary>Sign in with a token</summary>
      <form onSubmit={submit}>
        <TextField
          label="Token"
          type="password"
          autoComplete="off"
          value={token}
          onChange={({ target }) => setToken(target.value)}
          hint="The application that you come from gives it out. It is kept in this tab alone, and is gone when the tab is closed."
        />
        <Button type="submit" look="primary">
          Sign in
        </Button>
      </form>
    </details>
  );
}
