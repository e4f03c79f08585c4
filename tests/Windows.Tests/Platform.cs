using System.Runtime.Versioning;

// The code under test is Windows'; the doubles let it run anywhere.
[assembly: SupportedOSPlatform("windows")]
