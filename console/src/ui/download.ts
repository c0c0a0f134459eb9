/** Lets the browser save what a signed address serves. The server says that it is an attachment, and its name. */
export function startDownload(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.rel = "noopener";
  link.click();
}
