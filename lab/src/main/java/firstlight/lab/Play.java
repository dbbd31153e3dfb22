package firstlight.lab;

import firstlight.lab.Step.Act;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.Never;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Plays the steps of a scenario on a {@link Stage}, telling the journal of each phase as it is seen. */
final class Play {
    private final Stage stage;
    private final Journal journal;
    /** The PC that was switched on last: whom Expect, Never and BootsAgain look at. */
    private Optional<VirtualPc> current = Optional.empty();
    /** Where in the evidence its last power-on or reboot is: nothing before it counts. */
    private int mark;
    /** The times of the journal count from here, the PC's power-on; a reboot does not begin them anew. */
    private Instant clockStart = Instant.now();

    Play(Stage stage) {
        this.stage = stage;
        this.journal = stage.journal();
    }

    /** Plays all steps; the first that does not come true ends the play with a {@link StepFailed}. */
    void play(List<Step> steps) {
        for (Step step : steps) {
            switch (step) {
                case PowerOn(PcSpec spec, var disk) -> {
                    mark = stage.evidence().mark();
                    VirtualPc pc = stage.powerOn(spec, disk);
                    current = Optional.of(pc);
                    clockStart = pc.poweredOn();
                    journal.line("    0.0 s  " + spec.name() + " (" + spec.firmware() + ", " + spec.mac()
                            + ") is switched on");
                }
                case PowerOff(PcSpec spec) -> stage.powerOff(spec.name());
                case Expect expect -> expect(expect);
                case Never never -> never(never);
                case BootsAgain(int seconds) -> bootsAgain(seconds);
                case Act act -> act(act);
            }
        }
        stage.capture().stillSees();
    }

    private VirtualPc pc() {
        return current.orElseThrow(() -> new LabFailure("the scenario looks at a PC before it switches one on"));
    }

    private void expect(Expect expect) {
        VirtualPc pc = pc();
        Optional<Seen> seen = stage.evidence()
                .await(mark, it -> expect.sight().is(pc.spec(), it), Duration.ofSeconds(expect.seconds()), pc::goesOn);
        if (seen.isEmpty()) {
            String gone = pc.lostItsTimer() ? "the emulation lost the timer of its processor; " : "";
            gone += pc.isOn() ? "" : "the PC is off (" + pc.lastWords() + "); ";
            throw failed(expect.phase(), expect.what() + ", within " + expect.seconds() + " s", gone);
        }
        Duration at = Duration.between(clockStart, seen.get().at());
        stage.sawAt(at);
        journal.phase(expect.phase(), at, expect.what() + " [" + brief(seen.get()) + "]");
    }

    private static String brief(Seen seen) {
        String text = seen.toString();
        return text.length() <= 110 ? text : text.substring(0, 107) + "...";
    }

    private void never(Never never) {
        stage.capture().stillSees();
        for (Seen seen : stage.evidence().since(mark)) {
            if (never.sight().is(pc().spec(), seen)) {
                throw new StepFailed(never.phase(), never.what(), seen.toString());
            }
        }
        journal.phase(never.phase(), Duration.between(clockStart, Instant.now()), never.what());
    }

    /** A DISCOVER behind this step's beginning: a PC that rebooted before it was looked for is missed, so that the step follows at once. */
    private void bootsAgain(int seconds) {
        VirtualPc pc = pc();
        int before = stage.evidence().mark();
        Optional<Seen> discover = stage.evidence()
                .await(before, it -> Sight.discover().is(pc.spec(), it), Duration.ofSeconds(seconds), pc::goesOn);
        if (discover.isEmpty()) {
            throw failed(
                    Phase.EIGHT, "the PC reboots by itself and asks the network again, within " + seconds + " s", "");
        }
        mark = before;
        journal.phase(Phase.EIGHT, Duration.between(clockStart, discover.get().at()), "the PC reboots by itself");
    }

    private void act(Act act) {
        try {
            String told = act.action().run(stage);
            journal.phase(
                    act.phase(),
                    Duration.between(clockStart, Instant.now()),
                    act.what() + (told.isEmpty() ? "" : ": " + told));
            // Anything else is a bug of the lab's, and ends the run with its stack trace.
        } catch (LabFailure failure) {
            throw new StepFailed(act.phase(), act.what(), String.valueOf(failure.getMessage()));
        }
    }

    private StepFailed failed(Phase phase, String expected, String gone) {
        return new StepFailed(
                phase, expected, gone + stage.lastSeen(pc().spec(), mark, clockStart) + stage.lastScreen(pc()));
    }
}
