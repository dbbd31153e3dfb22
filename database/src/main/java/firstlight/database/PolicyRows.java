package firstlight.database;

import firstlight.policy.level.Group;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.Condition;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Groups, rules and the server's values as rows of the database. */
final class PolicyRows {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyRows.class);

    static final String SERVER_VALUES = "server-values";

    private PolicyRows() {}

    static PolicyValues serverValues(Handle handle) {
        return handle.createQuery("select value from setting where name = ?")
                .bind(0, SERVER_VALUES)
                .mapTo(String.class)
                .findOne()
                .map(ValuesColumn::read)
                .orElse(PolicyValues.NONE);
    }

    static List<Group> groups(Handle handle) {
        return handle.createQuery("select * from device_group order by id")
                .map((row, context) -> new Group(
                        row.getLong("id"),
                        row.getString("name"),
                        row.getLong("parent"),
                        ValuesColumn.read(row.getString("own_values"))))
                .list();
    }

    /** Of each level by position; those that cannot be read are left out. */
    static List<Rule> rules(Handle handle) {
        List<Rule> rules = new ArrayList<>();
        handle.createQuery("select * from rule order by level, level_id, position, id")
                .map((row, context) -> rule(row))
                .forEach(rule -> rule.ifPresent(rules::add));
        return rules;
    }

    private static Optional<Rule> rule(ResultSet row) throws SQLException {
        String text = row.getString("condition");
        try {
            return Optional.of(new Rule(
                    row.getLong("id"),
                    level(row.getString("level"), row.getLong("level_id")),
                    row.getInt("position"),
                    row.getString("name"),
                    row.getBoolean("enabled"),
                    text,
                    Condition.parse(text),
                    TaskColumn.read(row.getString("task")),
                    Repeat.valueOf(row.getString("repeat")),
                    row.getString("kernel_arguments"),
                    TaskColumn.readScripts(row.getString("task"))));
        } catch (InvalidCondition e) {
            // A newer server may have written what this one does not understand.
            LOG.error(
                    "rule {} is left out: '{}' is no condition: {}; change the rule, or update this server",
                    row.getLong("id"),
                    text,
                    e.getMessage());
            return Optional.empty();
        }
    }

    static <S extends SqlStatement<S>> S bind(S statement, Group group) {
        return statement
                .bind("name", group.name())
                .bind("parent", group.parent())
                .bind("values", ValuesColumn.write(group.values()));
    }

    static <S extends SqlStatement<S>> S bind(S statement, Rule rule) {
        return statement
                .bind("level", kind(rule.level()))
                .bind("levelId", number(rule.level()))
                .bind("name", rule.name())
                .bind("enabled", rule.enabled())
                .bind("condition", rule.when())
                .bind("task", TaskColumn.write(rule.task(), rule.scripts()))
                .bind("repeat", rule.repeat().name())
                .bind("arguments", rule.kernelArguments());
    }

    static String kind(Level level) {
        return switch (level) {
            case Level.ServerDefault _ -> "server";
            case Level.OfGroup _ -> "group";
            case Level.OfDevice _ -> "device";
        };
    }

    /** Of the group or device; 0 for the server. */
    static long number(Level level) {
        return switch (level) {
            case Level.ServerDefault _ -> 0;
            case Level.OfGroup(long group) -> group;
            case Level.OfDevice(long device) -> device;
        };
    }

    private static Level level(String kind, long number) {
        return switch (kind) {
            case "server" -> Level.SERVER;
            case "group" -> new Level.OfGroup(number);
            case "device" -> new Level.OfDevice(number);
            default -> throw new IllegalStateException("the database holds a rule at a '" + kind + "'");
        };
    }
}
