using System.Net;

namespace Culvert.Algorithms;

/// <summary>
/// Names a table whose values are objects, so that precompiling this library makes the code for it, which tables of all classes share: for a table that
/// only another library names it makes none.
/// </summary>
internal static class PrecompiledTables
{
    /// <summary>Uses what building, changing and asking a table needs. Called by nobody.</summary>
    internal static object? Use(IPNetwork prefix) => new PrefixTable<object>([]).With(prefix, prefix).Without(prefix).Lookup(0u);
}
