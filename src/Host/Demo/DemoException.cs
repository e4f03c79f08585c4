namespace Culvert.Host.Demo;

/// <summary>The demo cannot go on; the message is for a person.</summary>
internal sealed class DemoException(string message) : Exception(message);
