import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// FLEET_SERVER: the orchestrator that `npm run dev` talks to.
const server = process.env["FLEET_SERVER"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2022", chunkSizeWarningLimit: 900, reportCompressedSize: false },
  server: { proxy: { "/api": { target: server, ws: true, changeOrigin: true } } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
