/** Kept ways of reading: one is taken for a file, and the answers given are kept as one. */
import { Save } from "lucide-react";
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { ask } from "../../stores/live.ts";
import { notify, question } from "../../stores/ui.ts";
import { errorOf } from "../../actions/session-actions.ts";
import { optionsOf, type Options } from "./data-options.ts";

interface Props {
  readonly options: Options;
  readonly onAnswer: (option: string, value: string) => void;
}

/** The names of the kept ways of reading; none where they cannot be read. */
async function listProfiles(): Promise<readonly string[]> {
  const answer = await ask("data.profiles", {});
  return answer.ok ? answer.value.profiles : [];
}

/** Keeps the answers under a name; where it is taken, it asks first. */
async function keepProfile(name: string, options: Options): Promise<boolean> {
  const input = { name, options: optionsOf(options) };
  const answer = await ask("data.saveProfile", { ...input, overwrite: false });
  if (answer.ok) {
    notify(`Kept as ${answer.value.file}. Other files and desks can use it.`);
    return true;
  }
  if (answer.error.detail?.["rule"] !== "exists") {
    notify(answer.error.message, "problem");
    return false;
  }
  question({
    title: `Overwrite profile ${name}?`,
    text: "Desks that use it read their files with the new answers from their next start.",
    verb: "Overwrite",
    cancel: "Keep the old one",
    danger: true,
    note: "none",
    run: async () => errorOf(await ask("data.saveProfile", { ...input, overwrite: true })),
  });
  return false;
}

export function Profiles({ options, onAnswer }: Props): ReactNode {
  const [profiles, setProfiles] = useState<readonly string[]>([]);
  const [name, setName] = useState("");
  useEffect(() => {
    const read = async (): Promise<void> => setProfiles(await listProfiles());
    void read();
  }, []);
  const answered = Object.keys(options).some((option) => option !== "profile");
  const keep = async (): Promise<void> => {
    if (await keepProfile(name.trim(), options)) setName("");
    setProfiles(await listProfiles());
  };
  return (
    <div className="data-profiles">
      {profiles.length === 0 ? null : (
        <label className="field small">
          <span>Read with profile</span>
          <select
            data-testid="use-profile"
            value={options["profile"] ?? ""}
            onChange={(event) => onAnswer("profile", event.target.value)}
          >
            <option value="">no profile</option>
            {profiles.map((profile) => (
              <option key={profile} value={profile}>
                {profile}
              </option>
            ))}
          </select>
        </label>
      )}
      {answered ? (
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== "") void keep();
          }}
        >
          <label className="field small">
            <span>Save these answers as</span>
            <input
              data-testid="profile-name"
              value={name}
              maxLength={80}
              autoComplete="off"
              placeholder="my-vendor"
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <button type="submit" className="button" data-testid="save-profile" disabled={name.trim() === ""}>
            <Save size={13} aria-hidden="true" />
            Save profile
          </button>
        </form>
      ) : null}
    </div>
  );
}
