using Culvert.Engine.Control;
using Culvert.Plugins.Transport.Tcp;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>The head of an HTTP request, and of a proxy's response: refused or read, and never past its end.</summary>
internal sealed class HttpTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds => Utf8(
        "GET /metrics HTTP/1.1\r\nHost: localhost:9090\r\n\r\n", "HEAD / HTTP/1.0\n\n", "GET http://[::1]:9/metrics?x HTTP/1.1\r\nhost: [::1]:9\r\nA: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nVia: x\r\n\r\nrest", "HTTP/1.0 407 No\r\n\r\n");

    public override IEnumerable<string> Words => ["GET", "HTTP/1.1", "Host:", "\r\n", "\r\n\r\n", "://", "[::1]", "?", " ", ":"];

    public override void Run(byte[] input)
    {
        if (HttpRequest.IsComplete(input) && HttpRequest.TryParse(input, out var request))
        {
            Assert.NotEmpty(request.Method);
            Assert.DoesNotContain(request.Path, letter => letter is '\n' or ' ' or '?');
            Assert.False(request.HasLiteralHost && request.Host!.Contains('/', StringComparison.Ordinal));
        }

        if (ProxyTunnel.TryRead(input, out var length, out var error))
        {
            Assert.InRange(length, error is null ? "HTTP/1.1 200\r\n\r\n".Length : 0, input.Length);
        }
    }
}
