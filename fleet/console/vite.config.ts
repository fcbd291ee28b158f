import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2022", chunkSizeWarningLimit: 900, reportCompressedSize: false },
  // `npm run dev` talks to a running `fleet demo`.
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true, changeOrigin: true } } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
