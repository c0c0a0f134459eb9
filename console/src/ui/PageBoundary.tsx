import { Component, type ReactNode } from "react";
import { Button } from "./Button";
import { Notice } from "./Notice";

interface Props {
  children: ReactNode;
}

/** Keeps the rest of the console when a part of it cannot be loaded: the server is away, or has another version by now. */
export class PageBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice tone="bad" live actions={<Button onClick={() => location.reload()}>Load it again</Button>}>
        This part of the console could not be loaded. The server may be away, or there is a newer version.
      </Notice>
    );
  }
}
