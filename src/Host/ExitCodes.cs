namespace Culvert.Host;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The input was right, but something failed: a device lost, a socket in use.</summary>
    public const int Failure = 1;

    /// <summary>A wrong command line, file or plugin; nothing was opened.</summary>
    public const int WrongInput = 2;

    /// <summary><c>status --check</c> and <c>doctor</c>: done, and problems were found.</summary>
    public const int ProblemsFound = 3;
}
