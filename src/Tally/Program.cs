using Tally.Commands;
using Tally.Platform;

return await TallyCommand.RunAsync(args, ThreadScheduling.UseBatch);
