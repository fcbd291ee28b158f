import { Button, Group, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { REASON_CHARS_MAX } from "./command";

export interface ReasonFormProps {
  /** What will happen. */
  what: ReactNode;
  label: string;
  hint: string;
  /** Said when there is no reason. */
  needed: string;
  confirm: string;
  /** True when it was accepted: then the form is done. */
  onConfirm: (because: string) => Promise<boolean>;
  onDone: () => void;
  /** More fields, between the reason and the buttons. */
  children?: ReactNode;
}

/** Asks for the reason before something that concerns everybody: others must know it before they undo it. */
export function ReasonForm({ what, label, hint, needed, confirm, onConfirm, onDone, children }: ReasonFormProps): ReactNode {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    const because = reason.trim();
    setMissing(because === "");
    if (because === "") return;
    setBusy(true);
    const done = await onConfirm(because);
    setBusy(false);
    if (done) onDone();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {what}
      <TextInput
        data-autofocus
        label={label}
        description={hint}
        value={reason}
        maxLength={REASON_CHARS_MAX}
        error={missing ? needed : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
        mb="md"
      />
      {children}
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" color="red.8" loading={busy}>
          {confirm}
        </Button>
      </Group>
    </form>
  );
}
