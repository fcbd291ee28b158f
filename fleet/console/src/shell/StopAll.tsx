import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconHandStop } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { REASON_CHARS_MAX, useCommand } from "../parts/command";

/** Halts every robot. Asks for the reason, for others must know it before they resume. */
export function StopAll(): ReactNode {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button color="red.8" size="xs" leftSection={<IconHandStop size={15} />} onClick={open} miw="max-content" px="xs">
        {t("top.stopAll")}
      </Button>
      <Modal opened={opened} onClose={close} title={t("stop.title")} centered>
        <StopForm onDone={close} />
      </Modal>
    </>
  );
}

function StopForm({ onDone }: { onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const command = useCommand();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setMissing(reason.trim() === "");
    if (reason.trim() === "") return;
    setBusy(true);
    const done = await command("/fleet/stop-all", { because: reason.trim() });
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
      <Text size="sm" mb="md">
        {t("stop.what")}
      </Text>
      <TextInput
        data-autofocus
        label={t("stop.reason")}
        description={t("stop.reasonHint")}
        value={reason}
        maxLength={REASON_CHARS_MAX}
        error={missing ? t("stop.reasonNeeded") : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
        mb="md"
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" color="red.8" loading={busy}>
          {t("stop.confirm")}
        </Button>
      </Group>
    </form>
  );
}
