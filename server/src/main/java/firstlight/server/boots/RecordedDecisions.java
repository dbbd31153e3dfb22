package firstlight.server.boots;

import firstlight.database.Boot;
import firstlight.database.Journal;
import firstlight.model.BootDecisions;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.model.MacAddress;
import firstlight.model.PrebootAnswer;
import firstlight.policy.RepositoryUnreachable;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decisions, each with its reasons in the journal. Between netboot and policy; it decides nothing. On the threads that answer packets:
 * what it records waits for no disk.
 */
public final class RecordedDecisions implements BootDecisions {
    private static final Logger LOG = LoggerFactory.getLogger(RecordedDecisions.class);

    private final BootDecisions decisions;
    private final Journal journal;
    private final TransactionLog log;
    private final ShownFacts shown = new ShownFacts();

    public RecordedDecisions(BootDecisions decisions, Journal journal, TransactionLog log) {
        this.decisions = decisions;
        this.journal = journal;
        this.log = log;
    }

    @Override
    public FirstAnswer firstAnswer(Facts asked, Instant now) {
        Facts facts = shown.show(asked, now);
        return recorded(facts, decisions.firstAnswer(facts, now), now);
    }

    @Override
    public Prompt promptAnswer(Facts asked, Instant now) {
        Facts facts = shown.show(asked, now);
        return switch (decisions.promptAnswer(facts, now)) {
            case Prompt.Settled(FirstAnswer answer) -> new Prompt.Settled(recorded(facts, answer, now));
            // Recorded when there is a device whose boot it is.
            case Prompt.Provisional provisional -> provisional;
        };
    }

    @Override
    public List<FirstAnswer> firstAnswers(List<Facts> facts, Instant now) {
        List<FirstAnswer> answers = decisions.firstAnswers(facts, now);
        for (int i = 0; i < facts.size(); i++) {
            recorded(facts.get(i), answers.get(i), now);
        }
        return answers;
    }

    /** A packet without a MAC address is answered, and belongs to no boot. */
    private FirstAnswer recorded(Facts facts, FirstAnswer answer, Instant now) {
        try {
            facts.first(FactName.MAC).map(MacAddress::parse).ifPresent(mac -> record(mac, answer, now));
        } catch (RepositoryUnreachable away) { // the answer is known from memory: it must not wait for its record
            LOG.warn("not kept of {}: {} ({})", facts.first(FactName.MAC).orElse(""), words(answer), away.getMessage());
        }
        return answer;
    }

    private void record(MacAddress mac, FirstAnswer answer, Instant now) {
        Boot boot = log.firstPacket(mac, now);
        log.append(boot, now, "first-answer", words(answer) + ": " + String.join("; ", answer.reasons()));
        if (answer instanceof FirstAnswer.LocalBoot) {
            journal.change(boot, Boot.State.LOCAL, boot.device(), now);
        }
    }

    @Override
    public PrebootAnswer prebootAnswer(Facts asked, Instant now) {
        Facts facts = shown.completed(asked, now);
        PrebootAnswer answer = decisions.prebootAnswer(facts, now);
        journal.boot(answer.transaction()).ifPresent(boot -> {
            log.append(boot, now, "question", "facts " + facts.byKey());
            String what = answer.imaging() ? "imaging environment" : "local disk";
            log.append(boot, now, "decision", what + ": " + String.join("; ", answer.reasons()));
        });
        return answer;
    }

    private static String words(FirstAnswer answer) {
        return switch (answer) {
            case FirstAnswer.LocalBoot _ -> "local disk";
            case FirstAnswer.Hotkey hotkey ->
                "local disk, unless the hotkey is pressed within " + hotkey.seconds() + " s";
            case FirstAnswer.LoadPrebootClient _ -> "preboot client";
            case FirstAnswer.NoAnswer _ -> "no answer";
        };
    }
}
