package firstlight.database;

import firstlight.policy.level.AfterWork;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.statement.SqlStatement;

/** Work as a row. */
final class WorkRow {
    /** No row comes back when the device has an open work of that rule (index {@code work_open_of_rule}). */
    static final String INSERT = "insert into work (device, task, body, priority, not_before, wake, after_work, forced,"
            + " created_by, rule_id, schedule_id, session_id, state, attempts, transaction_id, outcome, waiting, created, changed)"
            + " values (:device, :task, :body, :priority, :notBefore, :wake, :after, :forced, :createdBy, :rule, :schedule, :session,"
            + " :state, :attempts, :transaction, :outcome, :waiting, :changed, :changed) on conflict do nothing returning id";

    static final String SET =
            "update work set task = :task, body = :body, priority = :priority, not_before = :notBefore,"
                    + " wake = :wake, after_work = :after, forced = :forced, created_by = :createdBy, state = :state,"
                    + " attempts = :attempts, transaction_id = :transaction, outcome = :outcome, waiting = :waiting,"
                    + " changed = :changed, revision = revision + 1 where id = :id";

    /** Characters of an outcome: engines send what their tools said. */
    private static final int LONGEST = 1000;

    private WorkRow() {}

    static <S extends SqlStatement<S>> S bind(S statement, Work work) {
        Terms terms = work.terms();
        return statement
                .bind("device", work.device())
                .bind("task", work.task().kind())
                .bind("body", TaskColumn.write(work.task(), terms.scripts()))
                .bind("priority", terms.priority())
                .bind("notBefore", terms.notBefore().toEpochMilli())
                .bind("wake", terms.wake())
                .bind("after", terms.after().map(AfterWork::name).orElse(""))
                .bind("forced", terms.force())
                .bind("createdBy", terms.createdBy())
                .bind("rule", terms.rule())
                .bind("schedule", terms.schedule())
                .bind("session", work.task() instanceof Task.Join(long session) ? session : 0)
                .bind("state", work.state().name())
                .bind("attempts", work.attempts())
                .bind("transaction", work.transaction())
                .bind("outcome", cut(work.outcome()))
                .bind("waiting", work.waiting().toEpochMilli())
                .bind("changed", work.changed().toEpochMilli());
    }

    static WorkPicture.Row read(ResultSet row) throws SQLException {
        String after = row.getString("after_work");
        Terms terms = new Terms(
                row.getInt("priority"),
                Instant.ofEpochMilli(row.getLong("not_before")),
                row.getBoolean("wake"),
                after.isEmpty() ? Optional.empty() : Optional.of(AfterWork.valueOf(after)),
                row.getBoolean("forced"),
                row.getString("created_by"),
                row.getLong("rule_id"),
                row.getLong("schedule_id"),
                TaskColumn.readScripts(row.getString("body")));
        Work work = new Work(
                row.getLong("id"),
                row.getLong("device"),
                TaskColumn.read(row.getString("body")),
                terms,
                WorkState.valueOf(row.getString("state")),
                row.getInt("attempts"),
                row.getLong("transaction_id"),
                row.getString("outcome"),
                Instant.ofEpochMilli(row.getLong("waiting")),
                Instant.ofEpochMilli(row.getLong("changed")));
        return new WorkPicture.Row(work, row.getLong("revision"));
    }

    static Work withId(Work work, long id) {
        return new Work(
                id,
                work.device(),
                work.task(),
                work.terms(),
                work.state(),
                work.attempts(),
                work.transaction(),
                work.outcome(),
                work.waiting(),
                work.changed());
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), LONGEST));
    }
}
