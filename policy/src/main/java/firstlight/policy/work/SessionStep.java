package firstlight.policy.work;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The life of a session: from its state and what happens to its next state and what is to be done
 * about it. It begins when enough clients wait or when the first of them has waited long enough,
 * whichever comes first. Pure: the repository keeps the session and carries the effects out.
 */
public record SessionStep(Session session, List<Effect> effects) {
    /** What happens to a session. */
    public sealed interface Input {
        /** Somebody came, left or ended, or time went by. */
        record Look(Roster roster) implements Input {}

        /** A person does not want to wait for the others any longer. */
        record Start(String by, Roster roster) implements Input {}

        record Cancel(String by) implements Input {}
    }

    /** What follows besides the new state. */
    public sealed interface Effect {
        /** Its members begin. */
        record Began() implements Effect {}

        /** The work of members that have not ended is cancelled. */
        record TakeBack() implements Effect {}

        /** Nothing was changed; {@code why} is for the person who asked. */
        record Refused(String why) implements Effect {}
    }

    public SessionStep {
        effects = List.copyOf(effects);
    }

    public static SessionStep on(Session session, Input input, Instant now) {
        return switch (session.state()) {
            case WAITING ->
                switch (input) {
                    case Input.Look(Roster roster) -> gathered(session, roster, now);
                    case Input.Start(String by, Roster roster) -> startedBy(session, by, roster, now);
                    case Input.Cancel(String by) -> cancelled(session, by, now);
                };
            case RUNNING ->
                switch (input) {
                    case Input.Look(Roster roster) when roster.open() > 0 -> unchanged(session);
                    case Input.Look _ ->
                        new SessionStep(session.over(SessionState.DONE, session.outcome(), now), List.of());
                    case Input.Start _ -> refused(session, "has begun already");
                    case Input.Cancel(String by) -> cancelled(session, by, now);
                };
            case DONE, CANCELLED ->
                switch (input) {
                    case Input.Look _ -> unchanged(session);
                    case Input.Start _, Input.Cancel _ -> refused(session, "has ended already");
                };
        };
    }

    /** The minutes count from the first who waits, not from the last: a trickle of late ones must not hold him for ever. */
    private static SessionStep gathered(Session session, Roster roster, Instant now) {
        if (roster.waiting() == 0) {
            return session.gathering().isEmpty()
                    ? unchanged(session)
                    : new SessionStep(session.gathering(Optional.empty()), List.of());
        }
        Session gathering = session.gathering().isPresent() ? session : session.gathering(Optional.of(now));
        if (session.clients() > 0 && roster.waiting() >= session.clients()) {
            return begun(gathering, roster.waiting() + " of " + session.clients() + " clients waited", now);
        }
        if (gathering.deadline().filter(at -> !at.isAfter(now)).isPresent()) {
            return begun(
                    gathering,
                    "the first client had waited " + session.minutes() + " minutes; " + roster.waiting()
                            + " were there",
                    now);
        }
        return new SessionStep(gathering, List.of());
    }

    private static SessionStep startedBy(Session session, String by, Roster roster, Instant now) {
        return roster.open() == 0
                ? refused(session, "has no members")
                : begun(session, "started by " + by + "; " + roster.waiting() + " clients waited", now);
    }

    private static SessionStep begun(Session session, String why, Instant now) {
        return new SessionStep(session.begun(why, now), List.of(new Effect.Began()));
    }

    private static SessionStep cancelled(Session session, String by, Instant now) {
        return new SessionStep(
                session.over(SessionState.CANCELLED, "cancelled by " + by, now), List.of(new Effect.TakeBack()));
    }

    private static SessionStep unchanged(Session session) {
        return new SessionStep(session, List.of());
    }

    private static SessionStep refused(Session session, String why) {
        return new SessionStep(session, List.of(new Effect.Refused(session.describe() + " " + why)));
    }
}
