using System.Diagnostics;
using Culvert.Tests.Support;

namespace Tun.Linux.Tests;

/// <summary>An iperf3 server in a namespace, listening when the constructor returns.</summary>
internal sealed class Iperf : IDisposable
{
    private readonly Process _server;

    public Iperf(NetworkNamespace space)
    {
        _server = space.Start("iperf3", "-s", "--forceflush");
        for (var line = 0; line < 10; line++)
        {
            if (_server.StandardOutput.ReadLine()?.Contains("listening", StringComparison.Ordinal) == true)
            {
                _ = _server.StandardOutput.ReadToEndAsync();
                _ = _server.StandardError.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("iperf3 does not listen");
    }

    public void Dispose()
    {
        _server.Kill();
        _server.WaitForExit(TimeSpan.FromSeconds(10));
    }
}
