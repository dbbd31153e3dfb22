package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A room that is restored by one stream. */
final class MulticastScenarios {
    /** For both PCs, which are emulated side by side. */
    private static final int SECONDS = 900;
    /** Of the server's log: how joins ended; the other is of the engine's summary. */
    private static final Pattern ENDED = Pattern.compile("result: (?:done|failed): work \\d+ \\(join [^)]*\\): (.*)");

    private static final Pattern SHARES = Pattern.compile("(\\d+) MiB fetched, (\\d+) MiB of them by multicast");
    private static final long MIB = 1 << 20;

    private MulticastScenarios() {}

    static List<Scenario> all() {
        return List.of(room().onlyByName());
    }

    private static Scenario room() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        List<PcSpec> room = List.of(PcSpec.of("blank-1", 2, Firmware.BIOS), PcSpec.of("blank-2", 3, Firmware.BIOS));
        List<Step> steps = new ArrayList<>();
        steps.addAll(Scenarios.captured(donor, DiskKind.XFS, "data", 300));
        steps.add(Actions.operator("session", "create", "room", "data", "--clients", "2", "--minutes", "0"));
        for (PcSpec pc : room) {
            steps.add(Actions.operator("work", "join", pc.mac().toString(), "room"));
        }
        for (PcSpec pc : room) {
            steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        }
        steps.add(new Act(Phase.EIGHT, "both PCs are restored", stage -> bothAreRestored(stage, room.size())));
        for (PcSpec pc : room) {
            steps.add(new PowerOff(pc));
        }
        steps.add(new Act(Phase.CHECK, "one stream was on the wire, not two", MulticastScenarios::oneStream));
        for (PcSpec pc : room) {
            steps.add(new Act(
                    Phase.CHECK,
                    pc.name() + " holds the image",
                    stage -> new XfsDisk(stage.diskFile(donor.name())).compare(stage.diskFile(pc.name()))));
        }
        return new Scenario(
                "multicast-room",
                "two PCs with blank disks join a multicast session and are restored by one stream",
                SEPARATE,
                steps);
    }

    private static String bothAreRestored(Stage stage, int count) {
        Wait.until("the engines' results", SECONDS, () -> results(stage).size() == count);
        List<String> results = results(stage);
        for (String result : results) {
            Matcher shares = SHARES.matcher(result);
            if (!shares.find()) {
                throw new LabFailure("the engine says: " + result);
            }
            long fetched = Long.parseLong(shares.group(1));
            long streamed = Long.parseLong(shares.group(2));
            if (streamed * 10 < fetched * 9) {
                throw new LabFailure("only " + streamed + " of " + fetched + " MiB came by the stream");
            }
            stage.keepSummary(result);
        }
        return String.join("; ", results);
    }

    private static List<String> results(Stage stage) {
        List<String> results = new ArrayList<>();
        Matcher matcher = ENDED.matcher(stage.server().log());
        while (matcher.find()) {
            results.add(matcher.group(1));
        }
        return results;
    }

    /**
     * The packets to the group hold what one PC got, and a little to mend losses. Half as much again is let pass: of a small
     * image what mends losses weighs much.
     */
    private static String oneStream(Stage stage) {
        String pcap = stage.capture().file().toString();
        String counted = Shell.run(
                "sh",
                "-c",
                "cat \"$1\" | tcpdump -n -r - 'udp and dst net 239.255.0.0/16 and dst port 8446' 2>/dev/null"
                        + " | awk '{sum += $NF} END {print sum + 0}'",
                "sh",
                pcap);
        long octets = Long.parseLong(counted.strip());
        Matcher shares = SHARES.matcher(stage.summaries().getLast());
        long one = shares.find() ? Long.parseLong(shares.group(2)) * MIB : 0;
        if (octets < one || octets > one * 3 / 2) {
            throw new LabFailure(octets / MIB + " MiB went to the group, " + one / MIB + " MiB came to each PC");
        }
        return octets / MIB + " MiB went to the group, " + one / MIB + " MiB came to each of the PCs";
    }
}
