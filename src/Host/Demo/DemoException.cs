namespace Culvert.Host.Demo;

/// <summary>The demo cannot continue; the message is human-readable.</summary>
internal sealed class DemoException(string message) : Exception(message);
