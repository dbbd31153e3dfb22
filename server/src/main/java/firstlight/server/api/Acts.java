package firstlight.server.api;

import firstlight.policy.access.AuditEntry;
import firstlight.policy.access.AuditLog;
import firstlight.policy.access.Confirmation;
import firstlight.policy.access.Confirmations;
import firstlight.server.access.Caller;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Destructive acts: each is audited, and one on too many devices waits for a second person. A route asks {@link #hold} before it does
 * anything.
 */
final class Acts {
    private final AuditLog log;
    private final Confirmations confirmations;
    private final int confirmAbove;

    /** @param confirmAbove as many devices one person may decide over; 0: any number */
    Acts(AuditLog log, Confirmations confirmations, int confirmAbove) {
        this.log = log;
        this.confirmations = confirmations;
        this.confirmAbove = confirmAbove;
    }

    /**
     * What was done stays done when the audit log cannot be written: the caller is told that the database is away.
     *
     * @param action a word such as {@code work.assign}, by which entries are looked for
     * @param devices that it was done to; empty where it is about none
     */
    void record(Request request, String action, Collection<Long> devices, String text) {
        Caller caller = request.caller();
        record(caller.name(), caller.from(), request, action, devices, text);
    }

    /** Records an act of somebody who has not signed in (yet). */
    void record(String who, String from, Request request, String action, Collection<Long> devices, String text) {
        log.append(new AuditEntry(0, request.now(), who, from, action, List.copyOf(devices), text));
    }

    /** False where nothing waits, and for what was confirmed: whom it concerns need not be found out. */
    boolean mayHold(Request request) {
        return confirmAbove != 0 && request.confirmed().isEmpty();
    }

    /** Whether {@link #hold} would answer. */
    boolean isTooMuch(Request request, Collection<Long> devices) {
        return mayHold(request) && devices.size() > confirmAbove;
    }

    /**
     * The answer "held" when this is too much for one person; empty when it may be done.
     *
     * @param devices that it would be done to; 0 for each that is not registered yet
     * @param text what would be done, for the second person
     */
    Optional<Answer> hold(Request request, String action, Collection<Long> devices, String text) {
        return hold(request, action, devices, text, List.of());
    }

    /** @param groups that it names: for {@link #sameGroups} when it is confirmed */
    Optional<Answer> hold(
            Request request, String action, Collection<Long> devices, String text, Collection<Long> groups) {
        if (!isTooMuch(request, devices)) {
            return Optional.empty();
        }
        Confirmation held = confirmations.hold(new Confirmation(
                0,
                request.now(),
                request.caller().name(),
                action,
                List.copyOf(devices),
                HeldRequest.of(request, text, List.copyOf(groups)).json(),
                Confirmation.State.HELD,
                ""));
        record(request, action + ".held", devices, text + " (confirmation " + held.id() + ")");
        ObjectNode node = ConfirmationRoutes.view(held);
        node.put(
                "reason",
                "it concerns " + devices.size() + " devices, more than " + confirmAbove
                        + ": a second person must confirm it");
        return Optional.of(Answer.accepted(node));
    }

    /**
     * What a request that waited is about may have been changed meanwhile: a rule has another condition or other work then.
     *
     * @param words what would be done now
     * @throws ApiProblem 409, when the words that were confirmed are others
     */
    static void asConfirmed(Request request, String words) throws ApiProblem {
        if (request.confirmed().filter(said -> !said.words().equals(words)).isPresent()) {
            throw ApiProblem.conflict(
                    "it was changed since it was asked for; now it is " + words, "refuse it, and ask for it anew");
        }
    }

    /**
     * As {@link #asConfirmed}, for words behind which the devices are named: one that has another name by now is the same device.
     *
     * @param words without the devices
     */
    static void asConfirmedForDevices(Request request, String words) throws ApiProblem {
        if (request.confirmed()
                .filter(said -> !said.words().startsWith(words + ": "))
                .isPresent()) {
            throw ApiProblem.conflict(
                    "since it was asked for, what it names has come to be something else; now it is " + words,
                    "refuse it, and ask for it anew");
        }
    }

    /**
     * A request that waited names groups as they were called then: one of them may be gone, and another have its name.
     *
     * @param groups those that it means now
     * @throws ApiProblem 409
     */
    static void sameGroups(Request request, Collection<Long> groups) throws ApiProblem {
        List<Long> then = request.confirmed().map(Request.Confirmed::groups).orElse(List.of());
        if (!then.isEmpty() && !then.equals(List.copyOf(groups))) { // a request that an older version kept tells none
            throw ApiProblem.conflict(
                    "since it was asked for, another group has come by a name that it names; nobody has confirmed that",
                    "refuse it, and ask for it anew");
        }
    }

    /**
     * A request that waited names devices as they were called then, or a group: it is done for those that were confirmed and no others.
     *
     * @param devices those that it means now; 0 for each that is not registered
     * @throws ApiProblem 409, when a device is among them that was not
     */
    static void sameAsConfirmed(Request request, Collection<Long> devices) throws ApiProblem {
        List<Long> confirmed =
                request.confirmed().map(Request.Confirmed::devices).orElse(List.of());
        // Each that had no number then may have one by now, which nobody could confirm: so many others are let pass.
        long registeredSince = confirmed.stream().filter(device -> device == 0).count();
        long others =
                devices.stream().filter(device -> !confirmed.contains(device)).count();
        if (request.confirmed().isPresent() && others > registeredSince) {
            throw ApiProblem.conflict(
                    "since it was asked for, " + others + (others == 1 ? " other device has" : " other devices have")
                            + " come by a name or a group that it names; nobody has confirmed that",
                    "refuse it, and ask for it anew");
        }
    }
}
