package firstlight.server.cli;

import firstlight.image.manifest.PartitionChoice;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.ReadBack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firstlight work}. */
@Command(
        name = "work",
        description =
                "What devices are to do at their next network boot. DEVICE is a name, a number or a MAC address, or "
                        + "several with commas, or group:NAME; a MAC address that was never seen can be given work in advance.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight work capture ROOM12-PC1 room12",
            "  firstlight work capture ROOM12-PC1 rescued --if-unreadable zero",
            "  firstlight work restore ROOM12-PC2,ROOM12-PC3 room12 --add-on drivers",
            "  firstlight work restore \"group:Room 12\" room12 --at 2099-01-30T03:00:00Z --wake",
            "  firstlight work restore \"group:Room 12\" room12 --cron '0 3 * * 6' --wake",
            "  firstlight work restore ROOM12-PC2 room12 --before check-bios.sh --after join-domain.sh",
            "  firstlight work list --state failed",
            "  firstlight work join \"group:Room 12\" monday --wake",
            "  firstlight work script ROOM12-PC1 bios.sh",
            "  firstlight work wipe ROOM12-PC1 --method device",
            "  firstlight work inventory \"group:Room 12\"",
            "  firstlight work maintenance ROOM12-PC1 --wake",
            "  firstlight work cancel 17",
            "  firstlight work cancel \"group:Room 12\"",
            "  firstlight work cancel rule:7",
            "  firstlight work retry 17,18,21",
            "  firstlight work confirmations",
            "  firstlight work confirmations 4",
            "  firstlight work confirm 4",
            "  firstlight work refuse 4"
        })
public final class WorkCommand {
    private static final String DEVICE = "A name, a number, a MAC address; several with commas; or group:NAME.";

    /** Options of work on disks. */
    static final class Disks {
        @Option(
                names = "--disk",
                paramLabel = "DEV",
                description =
                        "Only this disk: /dev/sda, or a rule: internal (all of them), smallest, largest, serial=S6Z1*,"
                                + " model=*870*. May be given several times. Without it, the first internal disk.")
        private List<String> disks = new ArrayList<>();
    }

    @Command(
            name = "capture",
            description = "Makes a new version of an image from the device's disk. Nothing is written to the disk.")
    void capture(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "IMAGE", description = "The image's name; a new name makes a new image.")
                    String image,
            @Mixin CaptureWords words,
            @ArgGroup(exclusive = false) @Nullable Disks disks,
            @ArgGroup(exclusive = false) @Nullable ScriptWords around,
            @ArgGroup(exclusive = false) @Nullable WorkTerms terms,
            @Mixin Shared shared) {
        ObjectNode task = task("capture").put("image", image);
        words.putInto(task.putObject("options"));
        WorkTerms.assign(shared, device, ScriptWords.around(around, on(disks, task)), terms);
    }

    @Command(name = "restore", description = "Lays an image down on the device's disk. WHAT IS ON THE DISK IS LOST.")
    void restore(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "IMAGE", description = "The image's name.") String image,
            @Option(names = "--version", paramLabel = "N", defaultValue = "0", description = "Without it, the newest.")
                    int version,
            @Option(
                            names = "--partition",
                            paramLabel = "N",
                            split = ",",
                            description =
                                    "Only this partition, or several with commas; the rest of the disk stays as it is.")
                    @Nullable
                    List<String> partitions,
            @Option(
                            names = "--grow",
                            paramLabel = "N|VG/LV",
                            description =
                                    "The partition, or the volume of LVM, that takes what a larger disk has more, or none"
                                            + " (default: the largest).")
                    Optional<String> grow,
            @Option(
                            names = "--add-on",
                            paramLabel = "IMAGE",
                            description =
                                    "Lay this add-on image over it: NAME or NAME@VERSION, several in their order.")
                    @Nullable
                    List<String> addOns,
            @Option(names = "--add-on-partition", paramLabel = "WHERE", description = TaskWords.WHERE)
                    Optional<String> where,
            @Option(names = "--verify", paramLabel = "full|sampled", description = TaskWords.VERIFY)
                    Optional<String> verify,
            @ArgGroup(exclusive = false) @Nullable Disks disks,
            @ArgGroup(exclusive = false) @Nullable ScriptWords around,
            @ArgGroup(exclusive = false) @Nullable WorkTerms terms,
            @Mixin Shared shared) {
        ObjectNode task =
                task("restore").put("image", TaskWords.withoutVersion(image)).put("version", version);
        Shared.texts(task, "addOns", addOns == null ? List.of() : addOns);
        if (partitions != null || grow.isPresent() || where.isPresent() || verify.isPresent()) {
            ObjectNode options = task.putObject("options");
            verify.ifPresent(much -> options.put(ReadBack.OPTION, much));
            where.ifPresent(partition -> options.put(PartitionChoice.OPTION, partition));
            grow.ifPresent(which -> options.put(Wishes.GROW, which));
            if (partitions != null) {
                options.put(Wishes.PARTITIONS, String.join(",", partitions));
            }
        }
        WorkTerms.assign(shared, device, ScriptWords.around(around, on(disks, task)), terms);
    }

    @Command(
            name = "join",
            description =
                    "Takes part in a multicast session: waits at the PC until it begins, then lays its image down. "
                            + "WHAT IS ON THE DISK IS LOST.")
    void join(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "SESSION", description = "Its number or name (firstlight session list).")
                    String session,
            @ArgGroup(exclusive = false) @Nullable ScriptWords around,
            @ArgGroup(exclusive = false) @Nullable WorkTerms terms,
            @Mixin Shared shared) {
        WorkTerms.assign(shared, device, ScriptWords.around(around, task("join").put("session", session)), terms);
    }

    @Command(
            name = "script",
            description = "Runs a shell script in the imaging environment, with the facts as FL_... variables.")
    void script(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Parameters(paramLabel = "FILE", description = "The script.") Path file,
            @ArgGroup(exclusive = false) @Nullable WorkTerms terms,
            @Mixin Shared shared) {
        ObjectNode task = Shared.body();
        TaskWords.script(task, file);
        WorkTerms.assign(shared, device, task, terms);
    }

    @Command(name = "wipe", description = "Overwrites the device's disks. WHAT IS ON THEM IS LOST.")
    void wipe(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @Option(
                            names = "--method",
                            paramLabel = "METHOD",
                            defaultValue = "zeros",
                            description = "signatures, zeros, random or device (default: ${DEFAULT-VALUE}).")
                    String method,
            @ArgGroup(exclusive = false) @Nullable Disks disks,
            @ArgGroup(exclusive = false) @Nullable ScriptWords around,
            @ArgGroup(exclusive = false) @Nullable WorkTerms terms,
            @Mixin Shared shared) {
        WorkTerms.assign(
                shared,
                device,
                ScriptWords.around(around, on(disks, task("wipe").put("method", method))),
                terms);
    }

    @Command(
            name = "inventory",
            description = "Boots the imaging environment once, which tells everything about the hardware.")
    void inventory(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @ArgGroup(exclusive = false) @Nullable WorkTerms terms,
            @Mixin Shared shared) {
        WorkTerms.assign(shared, device, task("inventory"), terms);
    }

    @Command(name = "maintenance", description = "Boots the imaging environment with a shell for a person at the PC.")
    void maintenance(
            @Parameters(paramLabel = "DEVICE", description = DEVICE) String device,
            @ArgGroup(exclusive = false) @Nullable WorkTerms terms,
            @Mixin Shared shared) {
        WorkTerms.assign(shared, device, task("maintenance"), terms);
    }

    @Command(name = "list", description = "Work, the newest first.")
    void list(
            @Option(names = "--device", paramLabel = "DEVICE", description = "Of this device.") Optional<String> device,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            description = "queued, running, done, failed or cancelled.")
                    Optional<String> state,
            @Option(names = "--kind", paramLabel = "KIND", description = "capture, restore, script, ...")
                    Optional<String> kind,
            @Mixin Newest newest,
            @Mixin Shared shared) {
        String wanted = parameter("device", device) + parameter("state", state) + parameter("kind", kind);
        newest.print(shared, "work", wanted, works -> {
            Table table = new Table("NR", "DEVICE", "WORK", "STATE", "TRIES", "BY", "CHANGED", "OUTCOME");
            for (JsonNode work : works) {
                table.row(
                        Shared.text(work, "work"),
                        Shared.text(work, "device"),
                        Shared.text(work, "words"),
                        state(work),
                        Shared.text(work, "attempts"),
                        Shared.text(work, "createdBy"),
                        Shared.time(work.path("changed")),
                        Shared.text(work, "outcome"));
            }
            return table.text();
        });
    }

    @Command(name = "cancel", description = "Takes work back. A device that is at it stops at its next report.")
    void cancel(
            @Parameters(
                            paramLabel = "NR|group:NAME|rule:NR",
                            description = "Its number in the list, several with commas; or all of a group's devices"
                                    + " (and of those below it), or all that a rule gave, that has not ended.")
                    String which,
            @Mixin Shared shared) {
        WorkChanges.cancelled(shared, which);
    }

    @Command(name = "retry", description = "Begins failed or cancelled work again, with all its attempts.")
    void retry(
            @Parameters(
                            paramLabel = "NR[,NR...]",
                            hideParamSyntax = true,
                            arity = "1",
                            split = " *, *",
                            description = "The work's number in the list, or several with commas.")
                    List<Long> numbers,
            @Mixin Shared shared) {
        WorkChanges.retried(shared, numbers);
    }

    @Command(
            name = "confirmations",
            description = "What waits for a second person; with a number all that this request would do.")
    void confirmations(
            @Parameters(paramLabel = "NR", arity = "0..1", description = "Of one of them.") Optional<Long> number,
            @Mixin Shared shared) {
        if (number.isPresent()) {
            shared.print(shared.api().get("confirmations/" + number.get()), ConfirmationWords::whole);
        } else {
            ArrayNode items = shared.api().all("confirmations?limit=" + (ConfirmationWords.SHOWN + 1));
            boolean cut = ConfirmationWords.cut(items);
            shared.print(items, ConfirmationWords::table);
            if (cut) {
                shared.warn(
                        "more than these " + ConfirmationWords.SHOWN + " wait; decide some of them, and look again");
            }
        }
    }

    @Command(name = "confirm", description = "Says yes to what another person asked for; it is done now.")
    void confirm(
            @Parameters(paramLabel = "NR", description = "Of firstlight work confirmations.") long number,
            @Mixin Shared shared) {
        decide(number, "confirm", shared);
    }

    @Command(name = "refuse", description = "Says no to what another person asked for, or takes one's own wish back.")
    void refuse(
            @Parameters(paramLabel = "NR", description = "Of firstlight work confirmations.") long number,
            @Mixin Shared shared) {
        decide(number, "refuse", shared);
    }

    private static void decide(long number, String what, Shared shared) {
        shared.print(
                shared.api().ask("POST", "confirmations/" + number + "/" + what, Shared.body()),
                answer -> Shared.text(answer, "words") + ": " + Shared.text(answer, "state"));
    }

    static String parameter(String name, Optional<String> value) {
        return value.map(text -> "&" + name + "=" + ApiClient.part(text)).orElse("");
    }

    private static ObjectNode task(String kind) {
        return Shared.body().put("kind", kind);
    }

    private static ObjectNode on(@Nullable Disks disks, ObjectNode task) {
        Shared.texts(task, "disks", disks == null ? List.of() : disks.disks);
        return task;
    }

    /** {@code PC1,PC2} or {@code group:Room 12}. */
    static ObjectNode about(String devices, ObjectNode body) {
        if (devices.startsWith("group:")) {
            return body.put("group", devices.substring("group:".length()));
        }
        Shared.texts(body, "devices", List.of(devices.split(" *, *", -1)));
        return body;
    }

    static String state(JsonNode work) {
        JsonNode progress = work.path("progress");
        long total = progress.path("total").longValue(0);
        return Shared.text(work, "state")
                + (progress.isMissingNode() || !Shared.text(work, "state").equals("running")
                        ? ""
                        : ", " + Shared.text(progress, "phase")
                                + (total == 0 ? "" : " " + progress.path("done").longValue(0) * 100 / total + " %"))
                + (work.has("silent") ? ", SILENT" : "");
    }
}
