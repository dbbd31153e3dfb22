package firstlight.server.api;

import firstlight.database.Database;
import firstlight.policy.Decisions;
import firstlight.policy.RuleBook;
import firstlight.policy.Settings;
import firstlight.policy.level.Group;
import firstlight.server.access.Access;
import firstlight.server.images.ImageCare;
import firstlight.server.images.ImageJobs;
import firstlight.server.imaging.WorkDesk;
import firstlight.server.sites.Pace;
import firstlight.server.sites.Sites;
import firstlight.server.vault.Vault;
import firstlight.server.work.WakeOnLan;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The whole API: every route with what it needs. Made once; {@link ApiPort} puts it behind a socket. A new kind of thing gets a class of
 * routes of its own here.
 */
public final class Api implements AutoCloseable {
    private final Router router;
    private final Access access;
    private final EventStream stream;
    private final InstantSource clock;

    /**
     * What the API shows and changes.
     *
     * @param scratch a folder with room for what an import unpacks
     * @param settings what counts where policy says nothing
     * @param sites other servers; of none where the configuration names none
     * @param serve how fast other servers may take images from here
     */
    public record Parts(
            Database database,
            WorkDesk desk,
            ImageCare care,
            ImageJobs jobs,
            Vault vault,
            Path scratch,
            Decisions decisions,
            Settings settings,
            Access access,
            InstantSource clock,
            Sites sites,
            Pace serve) {}

    public Api(Parts parts) {
        this.access = parts.access;
        this.clock = parts.clock;
        Database database = parts.database;
        Supplier<RuleBook> book = () -> database.policy().book();
        Views views = new Views(database, book, parts.desk, parts.clock);
        DeviceFinder finder = new DeviceFinder(database.devices(), book, parts.settings);
        DeviceSelection selection = new DeviceSelection(database.devices(), finder, book);
        LevelText levels = new LevelText(finder, book);
        Acts acts = new Acts(
                database.audit(),
                database.confirmations(),
                parts.access.settings().confirmAbove());
        Exposures exposures = new Exposures(
                database.devices(),
                database.policy(),
                database.schedules(),
                parts.settings,
                parts.access.settings().confirmAbove());
        GroupNames groups = groupNames(book);
        OwnImages own = new OwnImages(parts.care.images(), database, finder);
        TaskJson tasks = new TaskJson(
                parts.care.images(),
                parts.sites,
                own,
                image -> WorkRoutes.isBeingCaptured(database.works(), image),
                database.sessions()::find);

        List<Route> routes = new ArrayList<>(DocumentRoutes.routes());
        routes.addAll(new SignInRoutes(access, acts, groups).routes());
        routes.addAll(new UserRoutes(database.accounts(), groups, access, acts).routes());
        routes.addAll(new TokenRoutes(database.accounts(), acts).routes());
        routes.addAll(new AuditRoutes(database.audit(), finder).routes());
        routes.addAll(new ConfirmationRoutes(database.confirmations(), access, acts, finder, this::router).routes());
        routes.addAll(new DeviceRoutes(
                        database.devices(),
                        database.policy(),
                        finder,
                        selection,
                        parts.settings,
                        views,
                        acts,
                        exposures,
                        new WakeOnLan())
                .routes());
        routes.addAll(new DeviceCsvRoutes(database, finder, groups, parts.settings, acts, exposures).routes());
        routes.addAll(new GroupRoutes(database.policy(), database.works(), selection, acts, exposures, parts.access)
                .routes());
        routes.addAll(new PolicyRoutes(database.policy(), database.devices(), levels, parts.settings, acts).routes());
        routes.addAll(
                new RuleRoutes(database.policy(), database.works(), database.devices(), levels, tasks, acts, exposures)
                        .routes());
        routes.addAll(new WorkRoutes(
                        database.works(),
                        database.sessions(),
                        database.devices(),
                        finder,
                        selection,
                        tasks,
                        views,
                        acts)
                .routes());
        routes.addAll(new SessionRoutes(
                        database.sessions(), parts.care.images(), parts.sites, parts.desk.streams(), finder, acts)
                .routes());
        routes.addAll(
                new ScheduleRoutes(database.schedules(), database.policy(), finder, selection, tasks, acts).routes());
        routes.addAll(
                new QuestionRoutes(database.questions(), database.devices(), database.policy(), finder, acts).routes());
        routes.addAll(new AlarmRoutes(database.alarms(), finder, acts).routes());
        routes.addAll(new ImageRoutes(parts.care, own, acts).routes());
        routes.addAll(
                new ImageJobRoutes(parts.care, parts.jobs, parts.sites, acts, parts.vault, parts.scratch).routes());
        routes.addAll(new ImageFileRoutes(parts.care.images(), acts).routes());
        routes.addAll(new PullRoutes(parts.care.images(), acts, parts.serve).routes());
        routes.addAll(new PeerRoutes(parts.sites).routes());
        routes.addAll(
                new TransactionRoutes(database.journal(), database.works(), parts.decisions, finder, views).routes());
        this.router = new Router(routes, database);
        this.stream = new EventStream(database.journal(), views::event);
        // Last: what it calls is there from now on.
        database.onChange((topic, numbers) -> stream.changed(Words.of(topic), numbers));
    }

    private static GroupNames groupNames(Supplier<RuleBook> book) {
        return new GroupNames() {
            @Override
            public Optional<Long> number(String name) {
                return book.get().groups().find(name).map(Group::id);
            }

            @Override
            public Optional<String> name(long number) {
                return book.get().groups().find(number).map(Group::name);
            }
        };
    }

    Router router() {
        return router;
    }

    Access access() {
        return access;
    }

    EventStream stream() {
        return stream;
    }

    InstantSource clock() {
        return clock;
    }

    @Override
    public void close() {
        stream.close();
    }
}
