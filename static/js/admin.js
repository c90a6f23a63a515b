// What staff type in a date or a time stays as they typed it: the server says what is wrong with it, in French.
// Otherwise Wagtail's calendar writes another time in its place, such as 14:00 for 14h30, and today for 31/02.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;
