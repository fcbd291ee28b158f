import { useSearchParams } from "react-router";

/** The form is open when the address says so (?new, or ?new=template): it can be linked and closed by Back. */
export function useNewMission(): { template: string | null; open: (template?: string) => void; close: () => void } {
  const [search, setSearch] = useSearchParams();
  const set = (value: string | null) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      if (value === null) next.delete("new");
      else next.set("new", value);
      return next;
    });
  return { template: search.get("new"), open: (template = "") => set(template), close: () => set(null) };
}
