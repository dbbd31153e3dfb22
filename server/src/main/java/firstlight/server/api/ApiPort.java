package firstlight.server.api;

import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.database.Journal;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.model.MenuSetting;
import firstlight.policy.Decisions;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.server.imaging.WorkDesk;
import firstlight.wire.work.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/...}: JSON in and out, problems as RFC 9457 has them. Whoever can read the token's file may do everything. */
public final class ApiPort implements HttpHandler {
    private static final int MANY = 1000;

    private final byte[] authorization;
    private final Database database;
    private final ImageStore images;
    private final Decisions decisions;
    private final InstantSource clock;
    private final Views views;

    public ApiPort(
            String token,
            Database database,
            WorkDesk desk,
            ImageStore images,
            Decisions decisions,
            InstantSource clock) {
        this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        this.database = database;
        this.images = images;
        this.decisions = decisions;
        this.clock = clock;
        this.views = new Views(database, desk, clock);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws IOException {
        if (exchange.isInIoThread()) {
            exchange.dispatch(this);
            return;
        }
        exchange.startBlocking();
        try {
            String given = Optional.ofNullable(exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION))
                    .orElse("");
            if (!MessageDigest.isEqual(authorization, given.getBytes(StandardCharsets.UTF_8))) {
                throw new ApiProblem(
                        401, "the API's token is missing or wrong", "it is in the data directory's api-token");
            }
            if (!exchange.getRequestPath().startsWith("/api/")) {
                throw new ApiProblem(404, "there is nothing at " + exchange.getRequestPath(), "");
            }
            exchange.setRelativePath(exchange.getRequestPath().substring("/api".length()));
            send(exchange, 200, "application/json", answer(Request.of(exchange)));
        } catch (ApiProblem problem) {
            ObjectNode node = Request.JSON
                    .createObjectNode()
                    .put("status", problem.status())
                    .put("title", problem.getMessage())
                    .put("cure", problem.cure());
            send(exchange, problem.status(), Problem.MEDIA_TYPE, node);
        }
    }

    private static void send(HttpServerExchange exchange, int status, String type, JsonNode body) throws IOException {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
        exchange.getOutputStream().write(Request.JSON.writeValueAsBytes(body));
        exchange.getOutputStream().close();
    }

    private JsonNode answer(Request request) throws IOException, ApiProblem {
        return switch (request.route()) {
            case "GET devices" -> list(database.devices().all(), views::device);
            case "GET devices *" -> views.device(device(request.subject(), false));
            case "PUT devices * name" -> rename(request);
            case "PUT devices * menu" -> setMenu(request);
            case "POST devices * approve" -> {
                database.devices().approve(device(request.subject(), false));
                yield views.device(device(request.subject(), false));
            }
            case "GET explain *" -> explain(device(request.subject(), false));
            case "GET work" -> list(database.works().list(MANY), views::work);
            case "POST work" -> assign(request);
            case "DELETE work *" -> cancel(request);
            case "GET images" -> list(images.list(), Views::image);
            case "GET images *" ->
                list(
                        images.list().stream()
                                .filter(version -> version.image().text().equals(request.subject()))
                                .toList(),
                        Views::image);
            case "GET transactions" -> list(database.journal().boots(0, (int) request.query("limit", 20)), views::boot);
            case "GET events" -> events(request);
            default -> throw new ApiProblem(404, "there is no " + request.method() + " of " + request.path(), "");
        };
    }

    private static <T> ArrayNode list(List<T> items, java.util.function.Function<T, ObjectNode> view) {
        ArrayNode array = Request.JSON.createArrayNode();
        items.forEach(item -> array.add(view.apply(item)));
        return array;
    }

    /** By name, number or MAC; a MAC that nobody knows yet can be given work in advance when {@code orNew}. */
    private Device device(String text, boolean orNew) throws ApiProblem {
        List<Device> found = database.devices().find(text);
        if (found.size() > 1) {
            throw new ApiProblem(
                    409,
                    "'" + text + "' could be "
                            + String.join(
                                    " or ", found.stream().map(Device::name).toList()),
                    "name the device by its name");
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        if (orNew) {
            try {
                String mac = MacAddress.parse(text).toString();
                return database.devices()
                        .register(
                                NewDevice.of(Facts.NONE.with(FactName.MAC, mac), Registration.REGISTERED),
                                clock.instant());
            } catch (IllegalArgumentException noMac) {
                // then it was meant as a name, and there is none
            }
        }
        throw new ApiProblem(404, "there is no device '" + text + "'", "see firstlight device list");
    }

    private JsonNode rename(Request request) throws ApiProblem {
        request.allow(Set.of("name"));
        String name = request.text("name");
        if (!Device.isName(name)) {
            throw new ApiProblem(
                    422,
                    "'" + name + "' is no computer name",
                    "up to 63 letters, digits and hyphens, not digits alone, no hyphen at the ends");
        }
        Device device = device(request.subject(), true);
        if (!database.devices().rename(device, name)) {
            throw new ApiProblem(409, "another device is named '" + name + "'", "choose another name");
        }
        return views.device(device(name, false));
    }

    private JsonNode setMenu(Request request) throws ApiProblem {
        request.allow(Set.of("shown", "seconds"));
        String shown = request.text("shown");
        Optional<MenuSetting> setting = switch (shown) {
            case "never" -> Optional.of(new MenuSetting.Never());
            case "always" -> Optional.of(new MenuSetting.Always());
            case "hotkey" -> Optional.of(new MenuSetting.OnHotkey(request.number("seconds", 3, 1, 254)));
            case "default" -> Optional.empty();
            default ->
                throw new ApiProblem(422, "'shown' is '" + shown + "'", "allowed: never, always, hotkey, default");
        };
        Device device = device(request.subject(), true);
        database.devices().setMenu(device, setting);
        return views.device(device(Long.toString(device.id()), false));
    }

    private JsonNode assign(Request request) throws IOException, ApiProblem {
        request.allow(Set.of("device", "task", "image", "version", "disks", "powerOff"));
        Task task = task(request);
        Device device = device(request.text("device"), true);
        Work work = database.works().assign(device, task, request.flag("powerOff"), clock.instant());
        return views.work(work);
    }

    private Task task(Request request) throws IOException, ApiProblem {
        String task = request.text("task");
        return switch (task) {
            case "capture" -> new Task.Capture(imageName(request).text(), request.texts("disks"));
            case "restore" -> {
                ImageName image = imageName(request);
                int version = request.number("version", 0, 0, Integer.MAX_VALUE);
                Optional<ImageVersion> found = images.find(image, version);
                if (found.isEmpty() && version != 0) {
                    throw new ApiProblem(
                            404, "there is no " + image + " version " + version, "see firstlight image list");
                }
                if (found.isEmpty() && isNotBeingCaptured(image)) {
                    throw new ApiProblem(404, "there is no image '" + image + "'", "see firstlight image list");
                }
                yield Task.Restore.of(image.text(), version, request.texts("disks"));
            }
            case "inventory" -> new Task.Inventory();
            case "maintenance" -> new Task.Maintenance();
            default ->
                throw new ApiProblem(
                        422, "'task' is '" + task + "'", "allowed: capture, restore, inventory, maintenance");
        };
    }

    /** An image that is about to be captured can be given out already. */
    private boolean isNotBeingCaptured(ImageName image) {
        return database.works().list(MANY).stream()
                .noneMatch(work -> work.isOpen()
                        && work.task() instanceof Task.Capture capture
                        && capture.image().equals(image.text()));
    }

    private static ImageName imageName(Request request) throws ApiProblem {
        String name = request.text("image");
        if (!ImageName.isValid(name)) {
            throw new ApiProblem(
                    422,
                    "'" + name + "' is no image name",
                    "up to 100 letters, digits, dots, hyphens and underscores, the first a letter or digit");
        }
        return new ImageName(name);
    }

    private JsonNode cancel(Request request) throws ApiProblem {
        Optional<Work> work = request.subject().matches("\\d{1,18}")
                ? database.works().find(Long.parseLong(request.subject()))
                : Optional.empty();
        if (work.isEmpty()) {
            throw new ApiProblem(404, "there is no work " + request.subject(), "see firstlight work list");
        }
        if (!work.get().isOpen()) {
            throw new ApiProblem(
                    409,
                    work.get().describe() + " has ended already: " + work.get().outcome(),
                    "");
        }
        Work cancelled = work.get().cancelled(clock.instant());
        database.works().keep(cancelled);
        return views.work(cancelled);
    }

    private JsonNode events(Request request) throws ApiProblem {
        Journal journal = database.journal();
        long after = request.query("after", 0);
        if (after < 0) {
            after = Math.max(0, journal.lastEvent() + after);
        }
        return list(journal.events(request.query("transaction", 0), after, MANY), views::event);
    }

    /** What the device gets when it asks now, and why. */
    private JsonNode explain(Device device) {
        ObjectNode node = views.device(device);
        node.set("answer", Views.firstAnswer(decisions.firstAnswer(device.facts(), clock.instant())));
        List<Boot> boots = database.journal().boots(device.id(), 3);
        node.set("transactions", list(boots, views::boot));
        if (!boots.isEmpty()) {
            node.set("events", list(database.journal().events(boots.getFirst().id(), 0, MANY), views::event));
        }
        return node;
    }
}
