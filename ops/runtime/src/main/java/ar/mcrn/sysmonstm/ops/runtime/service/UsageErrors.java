package ar.mcrn.sysmonstm.ops.runtime.service;

import picocli.CommandLine;

/** Says wrong usage in one line to standard error, in place of all options there are. */
public final class UsageErrors {
    private UsageErrors() {}

    /**
     * For the errors of one command.
     *
     * @param name such as {@code up}
     */
    public static CommandLine.IParameterExceptionHandler of(String name) {
        return (failure, arguments) -> {
            System.err.println("sysmon " + name + ": "
                    + failure.getMessage().lines().findFirst().orElse("wrong usage") + " (see sysmon " + name
                    + " --help)");
            return CommandLine.ExitCode.USAGE;
        };
    }
}
