using System.Runtime.Versioning;

// The suite runs on Linux, where both its own implementation and the portable twin are there.
[assembly: SupportedOSPlatform("linux")]
