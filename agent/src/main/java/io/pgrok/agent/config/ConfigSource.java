package io.pgrok.agent.config;

import java.nio.file.Path;
import java.util.SortedMap;

/** Where the configuration comes from. */
public interface ConfigSource {

  /** Reads everything anew: by session name. Never fails; what cannot be read is broken. */
  SortedMap<String, Loaded> read();

  /** The directory in which a change shows. It need not exist. */
  Path directory();
}
