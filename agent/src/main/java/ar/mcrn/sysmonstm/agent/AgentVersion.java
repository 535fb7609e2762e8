package ar.mcrn.sysmonstm.agent;

/** Version of this agent, from its jar. */
final class AgentVersion {
    static final String TEXT = text();

    private AgentVersion() {}

    private static String text() {
        String version = AgentVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
