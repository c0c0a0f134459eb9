import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// While developing, a server beside Vite answers; `cargo run -- demo` unless MUSTER_ORIGIN says otherwise.
const target = process.env.MUSTER_ORIGIN ?? "http://127.0.0.1:8000";
const proxy = {
  "/graphql": { target, ws: true },
  "/files": { target },
  "/console.json": { target },
  "/demo": { target },
};

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2023",
    // The policy of the page takes images from `data:`, and scripts and styles from files alone.
    assetsInlineLimit: 0,
  },
  server: { proxy },
  preview: { proxy },
});
