import type { PluginService } from "./service";

/**
 * The services of this process, one for each of the engine's connections. A plugin that the engine starts has one; to a
 * plugin that runs by itself (PULUMI_DEBUG_PROVIDERS) the engine connects once for each provider, and requests do not say
 * which they mean.
 */
export class Connections {
  readonly #services = new Map<string, PluginService>();
  #engine: string | undefined;
  #lastConfigured: PluginService | undefined;

  constructor(private readonly create: () => PluginService) {}

  /** A run begins or goes on: of the engine before this one nothing is needed any more. */
  servedBy(engineAddress: string): void {
    if (this.#engine !== engineAddress) this.#services.clear();
    this.#engine = engineAddress;
  }

  /** The service of a connection. */
  of(peer: string): PluginService {
    const service = this.#services.get(peer) ?? this.create();
    this.#services.set(peer, service);
    return service;
  }

  /** The same, about to be configured. */
  configured(peer: string): PluginService {
    this.#lastConfigured = this.of(peer);
    return this.#lastConfigured;
  }

  /** The service that knows the settings: the connection's own or, where that was made anew, the one configured last. */
  serving(peer: string): PluginService {
    const own = this.#services.get(peer);
    return own?.isConfigured ? own : (this.#lastConfigured ?? this.of(peer));
  }
}
