package firstlight.image.resize;

import firstlight.image.manifest.Content;
import java.util.List;

/** What lies within a region, and gets another size with it. */
public sealed interface Within permits LvmLayout, LuksLayout {
    /** The region's cells, where they come to lie. */
    Content.Blocks content();

    /** What will be done, for people. */
    List<String> words();

    boolean shrinksFileSystems();
}
