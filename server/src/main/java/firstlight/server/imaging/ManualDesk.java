package firstlight.server.imaging;

import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.database.Kept;
import firstlight.database.SessionStore;
import firstlight.database.WorkStore;
import firstlight.image.manifest.ImageKind;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.model.Facts;
import firstlight.model.MenuAccess;
import firstlight.policy.Device;
import firstlight.policy.Recognition;
import firstlight.policy.Registration;
import firstlight.policy.RuleBook;
import firstlight.policy.level.GroupTree;
import firstlight.policy.work.Session;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import firstlight.server.images.OtherSites;
import firstlight.wire.work.ManualWork;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Work that a person at the maintenance prompt asks for ({@code img make server ...}). It becomes this PC's work, so that the
 * transaction's token opens that image and no other, and is journalled like any work. After {@link #ask} the engine says hello again, and
 * gets its order by the usual way.
 */
public final class ManualDesk {
    /** Before anything that waits for this PC already: somebody stands there. The API lets people say 1000 at most. */
    private static final int FIRST = 1001;

    /** Works that are looked through for one of the image's. */
    private static final int MANY = 10_000;

    private final MenuAccess people;
    private final Database database;
    private final WorkStore works;
    private final SessionStore sessions;
    private final ImageStore images;
    private final OtherSites others;

    public ManualDesk(MenuAccess people, Database database, ImageStore images) {
        this(people, database, images, OtherSites.NONE);
    }

    /** @param others servers that may have an image which this one lacks */
    public ManualDesk(MenuAccess people, Database database, ImageStore images, OtherSites others) {
        this.others = others;
        this.people = people;
        this.database = database;
        this.works = database.works();
        this.sessions = database.sessions();
        this.images = images;
    }

    /**
     * A PC that is not registered becomes so, when the person may do that: somebody who started it from a medium need not leave it for
     * the server's command line.
     *
     * @param before the boot whose token was shown; of device 0 where the PC is not registered
     * @param asked with the person's name and password, which are judged as at the menu: wrong ones count against the address
     * @param address whence it is asked
     * @throws Refusal when the person may not, or there is no such image
     * @throws IOException when the store cannot be read
     */
    void ask(Boot before, ManualWork asked, String address, Instant now) throws Refusal, IOException {
        Boot asking = itsOwn(before, asked.facts(), now);
        MenuAccess.Admission.Granted person = switch (people.signIn(
                asking.id(), asked.user(), asked.password(), "img " + asked.kind(), address, now)) {
            case MenuAccess.Admission.Refused(String why) ->
                throw new Refusal(403, "The server does not do that for '" + asked.user() + "'", why, "");
            case MenuAccess.Admission.Granted granted -> granted;
        };
        Terms terms =
                Terms.by(person.person() + " at the PC").withPriority(FIRST).withForce(true);
        switch (asked.kind()) {
            case CAPTURE -> {
                Task task = new Task.Capture(image(asked).text(), asked.disks(), options(asked))
                        .by(person.mayRegister() ? "" : person.person());
                // Before the PC is registered: what is refused must leave no device behind.
                refuseOthers(asking, image(asked), person);
                create(registered(asking, asked, person, now).device(), task, terms, now);
            }
            case RESTORE -> {
                Task task = restore(asked);
                create(registered(asking, asked, person, now).device(), task, terms, now);
            }
            case JOIN -> join(registered(asking, asked, person, now), asked.session(), terms, now);
        }
    }

    private void create(long device, Task task, Terms terms, Instant now) {
        if (!waits(device, task, terms)) {
            works.create(device, task, terms, now);
        }
    }

    /**
     * Whose answer was lost asks again: a second work would erase the disk anew when the first is done and the PC boots. Only the last that
     * the person asked for counts: who asks for something else and then for the first again wants to end with that.
     */
    private boolean waits(long device, Task task, Terms terms) {
        return works.list(device, WorkState.QUEUED.name(), "", MANY).stream()
                .filter(work -> work.terms().createdBy().equals(terms.createdBy()))
                .findFirst()
                .filter(work -> work.attempts() == 0 && work.task().asGiven().equals(task.asGiven()))
                .isPresent();
    }

    /** As the API: the next version of an image is what rules, schedules and other sites lay down everywhere. */
    private void refuseOthers(Boot boot, ImageName image, MenuAccess.Admission.Granted person)
            throws Refusal, IOException {
        if (person.mayRegister() || images.find(image, 0).isEmpty()) {
            return;
        }
        GroupTree tree = database.policy().book().groups();
        Set<Long> groups = database.devices().find(boot.device()).map(Device::group).stream()
                .collect(Collectors.toSet());
        person.groups().forEach(group -> groups.addAll(tree.downwards(group)));
        boolean own = works.list(0, Optional.of(groups), WorkState.DONE.name(), "capture", MANY).stream()
                .anyMatch(work -> work.task() instanceof Task.Capture capture
                        && capture.image().equals(image.text()));
        if (!own) {
            throw new Refusal(
                    403,
                    "This PC is not captured into '" + image + "'",
                    "no version of it was captured from a device of the person's groups, and only an administrator may do so then",
                    "capture under another name");
        }
    }

    /** What firmware shows may be the UUID that others have too: whose PC this is the full facts say. */
    private Boot itsOwn(Boot boot, Facts facts, Instant now) throws Refusal {
        RuleBook book = database.policy().book();
        Optional<Device> other =
                database.devices().find(boot.device()).filter(each -> Recognition.isByUuidAlone(each, facts, book));
        if (other.isPresent()) {
            String name = other.get().name();
            throw new Refusal(
                    409,
                    "This PC may be another one than '" + name + "'",
                    "it has the UUID of that device, and neither its network card nor its disk",
                    "firstlight work inventory " + name
                            + ", start this PC from the network, and answer firstlight device questions");
        }
        if (boot.device() == 0
                && Recognition.of(facts, database.devices(), book) instanceof Recognition.Known(Device device, var _)
                && device.registration() == Registration.REGISTERED
                && !Recognition.isByUuidAlone(device, facts, book)) {
            database.journal().change(boot, boot.state(), device.id(), now);
            return database.journal().boot(boot.id()).orElse(boot);
        }
        return boot;
    }

    /** The same boot with a device. Its work is journalled under that, so this comes before the work is made. */
    private Boot registered(Boot boot, ManualWork asked, MenuAccess.Admission.Granted person, Instant now)
            throws Refusal {
        if (boot.device() != 0) {
            return boot;
        }
        String what = "This PC is not registered";
        String cure = "firstlight device name " + boot.mac() + " NAME, or approve where it waits for that";
        if (!person.mayRegister()) {
            throw new Refusal(409, what, "only an administrator may register it, here too", cure);
        }
        return switch (people.register(boot.id(), asked.facts(), Optional.empty(), now)) {
            case MenuAccess.Admission.Refused(String why) -> throw new Refusal(409, what, why, cure);
            case MenuAccess.Admission.Granted _ ->
                database.journal()
                        .boot(boot.id())
                        .orElseThrow(() -> new Refusal(409, what, "its boot is over", "start it again"));
        };
    }

    private Task restore(ManualWork asked) throws Refusal, IOException {
        ImageName image = image(asked);
        Optional<ImageVersion> found = images.find(image, asked.version());
        if (found.filter(version -> version.kind() == ImageKind.ADD_ON).isPresent()) {
            throw new Refusal(
                    409,
                    found.get().name() + " is an add-on image",
                    "no disk can be made of it",
                    "firstlight work restore PC BASE --add-on " + image);
        }
        OtherSites.Supply supply = others.supply(image, asked.version());
        if (supply instanceof OtherSites.Supply.Asking) {
            throw new Refusal(
                    409,
                    "Nobody knows yet whether there is an image '" + image + "'",
                    "other servers are being asked for it",
                    "say it again in a minute");
        }
        boolean comes = supply instanceof OtherSites.Supply.Coming;
        if (!comes && found.isEmpty()) {
            throw new Refusal(
                    404,
                    "There is no image '" + ImageName.reference(image.text(), asked.version()) + "'",
                    "the server's store has none",
                    "see firstlight image list");
        }
        return Task.Restore.of(image.text(), asked.version(), asked.disks());
    }

    private void join(Boot boot, String name, Terms terms, Instant now) throws Refusal {
        Session session = sessions.find(name)
                .orElseThrow(() -> new Refusal(
                        404, "There is no session '" + name + "'", "it may have ended", "see firstlight session list"));
        if (waits(boot.device(), new Task.Join(session.id()), terms)) {
            return;
        }
        String refused = switch (sessions.join(session.id(), List.of(boot.device()), terms, now)) {
            case Kept.Done<List<Work>> _ -> "";
            case Kept.Refused<List<Work>>(String why) -> why;
            case Kept.Gone<List<Work>> _ -> "it is not there any more";
        };
        if (!refused.isEmpty()) {
            throw new Refusal(
                    409, "This PC cannot join '" + session.name() + "'", refused, "see firstlight session list");
        }
    }

    /** As the API has them: what is usual is left out. */
    private static SortedMap<String, String> options(ManualWork asked) {
        SortedMap<String, String> options = new TreeMap<>();
        switch (asked.ifUnreadable()) {
            case STOP -> {}
            case ZERO -> options.put("if-unreadable", "zero");
        }
        return options;
    }

    private static ImageName image(ManualWork asked) throws Refusal {
        if (!ImageName.isValid(asked.image())) {
            throw new Refusal(422, "'" + asked.image() + "' is no image's name", ImageName.RULE, "");
        }
        return new ImageName(asked.image());
    }
}
