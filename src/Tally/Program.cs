using Tally.Commands;

return await TallyCommand.RunAsync(args);
