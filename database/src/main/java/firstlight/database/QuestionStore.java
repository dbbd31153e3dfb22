package firstlight.database;

import firstlight.policy.IdentityKey;
import firstlight.policy.Question;
import firstlight.policy.Questions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The questions to persons. Those that are open are in memory: a PC in doubt asks at each of its packets. */
public final class QuestionStore implements Questions {
    private static final Logger LOG = LoggerFactory.getLogger(QuestionStore.class);
    /** Open at once: whoever invents contradictions invents a question with each, and each stays until a person answers. */
    static final int MOST = 1_000;

    /** PCs in doubt ask at each packet; that they did is written no more often. */
    private static final Duration SEEN_AGAIN = Duration.ofMinutes(1);

    private final Backend backend;
    private final Changes changes;
    /** By what was shown, as {@link Marks#write} has it: equal marks are one question. */
    private final Map<String, Question> open = new ConcurrentHashMap<>();
    /** Whether the alarm was raised for this time of too many. */
    private final AtomicBoolean full = new AtomicBoolean();

    /**
     * What was shown beyond {@link #MOST}, the latest last, and as many: who was in doubt a moment ago is at its next boot as well, else it
     * would be sent to the imaging environment again and again.
     */
    private final Set<Set<IdentityKey>> beyond = new LinkedHashSet<>();

    private final AlarmStore alarms;

    QuestionStore(Backend backend, Changes changes, AlarmStore alarms) {
        this.alarms = alarms;
        this.backend = backend;
        this.changes = changes;
        changes.follow(Topic.QUESTION, new Changes.Follower((handle, _) -> reload(handle), this::reload));
    }

    /** While the database does not answer, or too many are open, the question has the number 0 and is forgotten. */
    @Override
    public Question ask(Question question, Instant now) {
        String shown = Marks.write(question.shown());
        Question known = open.get(shown);
        if (known != null && now.isBefore(known.lastSeen().plus(SEEN_AGAIN))) {
            return known;
        }
        if (known == null && open.size() >= MOST) {
            remember(question.shown());
            if (!full.getAndSet(true)) {
                alarms.raise(
                        0,
                        MOST
                                + " questions are open, and no more are kept until some are answered (firstlight device questions):"
                                + " who else is in doubt starts its disk; somebody may be inventing PCs",
                        now);
            }
            return question;
        }
        if (open.size() < MOST) {
            full.set(false);
            forgetBeyond();
        }
        try {
            return backend.write(handle -> {
                Question kept = handle.createQuery("insert into question (shown, facts, asked, candidates, why, answer,"
                                + " answer_device, opened, last_seen) values (:shown, :facts, :asked, :candidates, :why, '',"
                                + " 0, :now, :now) on conflict (shown) where answer = '' do update set last_seen = :now"
                                + " returning *")
                        .bind("shown", shown)
                        .bind("facts", FactsColumn.write(question.facts()))
                        .bind("asked", question.asked())
                        .bind("candidates", Numbers.write(question.candidates()))
                        .bind("why", String.join("\n", question.why()))
                        .bind("now", now.toEpochMilli())
                        .map((row, context) -> question(row))
                        .one();
                handle.afterCommit(() -> open.put(shown, kept));
                changes.announce(handle, Topic.QUESTION, List.of(kept.id()));
                return kept;
            });
        } catch (DatabaseUnreachable e) {
            LOG.warn("a question cannot be kept now: {}", e.getMessage());
            return question;
        }
    }

    private void remember(Set<IdentityKey> shown) {
        synchronized (beyond) {
            beyond.remove(shown);
            if (beyond.size() >= MOST) {
                beyond.remove(beyond.iterator().next());
            }
            beyond.add(shown);
        }
    }

    private void forgetBeyond() {
        synchronized (beyond) {
            beyond.clear();
        }
    }

    @Override
    public boolean isOpen(Set<IdentityKey> marks) {
        return open.values().stream().anyMatch(question -> question.shown().containsAll(marks))
                || (open.size() >= MOST && isBeyond(marks));
    }

    private boolean isBeyond(Set<IdentityKey> marks) {
        synchronized (beyond) {
            return beyond.stream().anyMatch(shown -> shown.containsAll(marks));
        }
    }

    /** Those that nobody answered yet, oldest first. From the database, which may know of more than the picture does. */
    public List<Question> open() {
        return backend.read(handle -> handle.createQuery("select * from question where answer = '' order by id")
                .map((row, context) -> question(row))
                .list());
    }

    /** Answered ones too. */
    public Optional<Question> find(long id) {
        return backend.read(handle -> handle.createQuery("select * from question where id = ?")
                .bind(0, id)
                .map((row, context) -> question(row))
                .findOne());
    }

    /** Answers what is still open; empty when somebody was faster. */
    public Optional<Question> answer(long id, Question.Answer answer) {
        String word = answer instanceof Question.Answer.Is ? "is" : "new";
        long device = answer instanceof Question.Answer.Is(long it) ? it : 0;
        return backend.write(handle -> {
            Optional<Question> answered = handle.createQuery("update question set answer = ?, answer_device = ?"
                            + " where id = ? and answer = '' returning *")
                    .bind(0, word)
                    .bind(1, device)
                    .bind(2, id)
                    .map((row, context) -> question(row))
                    .findOne();
            answered.ifPresent(question -> {
                handle.afterCommit(() -> open.remove(Marks.write(question.shown())));
                changes.announce(handle, Topic.QUESTION, List.of(id));
            });
            return answered;
        });
    }

    private void reload(Handle handle) {
        Map<String, Question> rows = handle
                .createQuery("select * from question where answer = ''")
                .map((row, context) -> question(row))
                .list()
                .stream()
                .collect(Collectors.toMap(
                        question -> Marks.write(question.shown()),
                        question -> question,
                        (_, later) -> later)); // a row that was written by hand may have its marks in another order
        open.keySet().retainAll(rows.keySet()); // never emptied: a PC in doubt may ask at this moment
        open.putAll(rows);
    }

    private static Question question(ResultSet row) throws SQLException {
        String why = row.getString("why");
        Optional<Question.Answer> answer = switch (row.getString("answer")) {
            case "is" -> Optional.of(new Question.Answer.Is(row.getLong("answer_device")));
            case "new" -> Optional.of(new Question.Answer.New());
            default -> Optional.empty();
        };
        return new Question(
                row.getLong("id"),
                Marks.read(row.getString("shown")),
                FactsColumn.read(row.getString("facts")),
                row.getLong("asked"),
                Numbers.read(row.getString("candidates")),
                why.isEmpty() ? List.of() : List.of(why.split("\n", -1)),
                answer,
                Instant.ofEpochMilli(row.getLong("opened")),
                Instant.ofEpochMilli(row.getLong("last_seen")));
    }
}
