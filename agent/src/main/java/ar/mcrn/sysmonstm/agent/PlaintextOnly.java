package ar.mcrn.sysmonstm.agent;

import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Spares a process that speaks plaintext only what TLS takes: okhttp asks the default context what it can for every
 * channel, and so the JDK loads 340 classes and the system's authorities. Whatever else asks for it, such as JMX over
 * TLS given by options of the JVM, is told so.
 */
final class PlaintextOnly {
    private PlaintextOnly() {}

    /** From now on the process has no default context for TLS. */
    static void set() {
        SSLContext.setDefault(new None());
    }

    private static final class None extends SSLContext {
        None() {
            super(new NoTls(), new NoProvider(), "none");
        }
    }

    private static final class NoProvider extends Provider {
        private static final long serialVersionUID = 1;

        NoProvider() {
            super("none", "1", "has no algorithms");
        }
    }

    private static final class NoTls extends SSLContextSpi {
        private static UnsupportedOperationException none() {
            return new UnsupportedOperationException("TLS is off in an agent that speaks plaintext to its aggregator");
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trusted, SecureRandom random)
                throws KeyManagementException {
            throw none();
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            throw none();
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw none();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            throw none();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            throw none();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            throw none();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            throw none();
        }
    }
}
