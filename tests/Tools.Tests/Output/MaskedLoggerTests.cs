using Culvert.Host.Output;
using Culvert.Testing;
using Microsoft.Extensions.Logging;

namespace Tools.Tests.Output;

/// <summary>The log of a Windows service, which another provider writes.</summary>
public sealed class MaskedLoggerTests
{
    [Fact]
    public void Messages_and_exceptions_are_masked_before_they_are_written()
    {
        const string Key = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
        var written = new MemoryLogger();
        using var provider = new MaskedLoggerProvider(new Only(written));

        provider.CreateLogger("udp").LogError(new IOException($"no file /etc/{Key}"), "Cannot resolve '{Host}'.", Key);

        var text = Assert.Single(written.Lines);
        Assert.DoesNotContain(Key[..12], text, StringComparison.Ordinal);
        Assert.Contains("Cannot resolve '(not shown: may be a key)'. System.IO.IOException: no file (not shown: may be a key)", text, StringComparison.Ordinal);
    }

    private sealed class Only(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
