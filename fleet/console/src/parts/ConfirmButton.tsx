import { Button, Group, Modal, Text, TextInput, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { REASON_CHARS_MAX } from "./command";

export interface ConfirmButtonProps extends ButtonProps {
  label: string;
  title: string;
  /** What will happen. */
  what: string;
  confirm: string;
  keep?: string;
  danger?: boolean;
  /** Ask for a reason as well. */
  withReason?: boolean;
  onConfirm: (reason: string) => Promise<boolean>;
}

const DANGER = { color: "var(--tone-bad)", borderColor: "var(--tone-bad)" };

/** A command that asks once, and says what will happen. It closes when the command was accepted. */
export function ConfirmButton(props: ConfirmButtonProps): ReactNode {
  const { label, title, what, confirm, keep, danger, withReason, onConfirm, ...button } = props;
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    const done = await onConfirm(reason.trim());
    setBusy(false);
    if (done) close();
  };
  return (
    <>
      <Button variant="default" {...button} {...(danger ? { style: DANGER } : {})} onClick={open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title} centered>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <Text size="sm" mb="md">
            {what}
          </Text>
          {withReason && (
            <TextInput label={t("common.reasonOptional")} value={reason} maxLength={REASON_CHARS_MAX} onChange={(event) => setReason(event.currentTarget.value)} mb="md" />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {keep ?? t("common.cancel")}
            </Button>
            <Button type="submit" loading={busy} data-autofocus={withReason ? undefined : true} {...(danger ? { color: "red.8" } : {})}>
              {confirm}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
